// The sheet that a text is pasted, typed, dropped or opened into.

import { $ } from "./dom.js";
import { language, say } from "./words.js";

export const text = () => $("text").value.toWellFormed?.() ?? $("text").value;

/** The day of the reader's calendar, as YYYY-MM-DD. */
export function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** Say what is wrong with the text, or with "" that nothing is. */
export function complain(message) {
  $("form-error").textContent = message;
  $("form-error").hidden = !message;
  if (message) $("text").setAttribute("aria-invalid", "true");
  else $("text").removeAttribute("aria-invalid");
}

const written = (number) => number.toLocaleString(language());
const characters = () => [...$("text").value].length;

export function count() {
  const n = characters();
  $("count").textContent = n ? say("characters", { n: written(n) }) : "";
}

/** What keeps the text from being sent, "" where nothing does. */
export function fault() {
  const [n, most] = [characters(), Number($("text").dataset.mostCharacters)];
  if (!text().trim()) return say("empty");
  return n > most ? say("too_long", { n: written(n), most: written(most) }) : "";
}

/** Read a file into the sheet: UTF-8, or the older encoding of Korea. */
export async function openFile(file) {
  $("file-note").textContent = "";
  const mostBytes = Number($("text").dataset.mostBytes);
  if (file.size > mostBytes) {
    complain(say("file_too_large", { name: file.name, most: `${written(mostBytes / 1e6)} MB` }));
    return;
  }
  const bytes = await file.arrayBuffer();
  for (const encoding of ["utf-8", "euc-kr"]) {
    try {
      const content = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (content.includes("\0")) break;
      $("text").value = content;
      $("file-note").textContent = say("file_read", { name: file.name, encoding: encoding.toUpperCase() });
      complain("");
      count();
      return;
    } catch {
      // the next encoding
    }
  }
  complain(say("file_not_text", { name: file.name }));
}

/** Listen; once. */
export function listen() {
  $("text").addEventListener("input", () => (count(), complain("")));
  $("open").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => ($("file").files[0] && openFile($("file").files[0]), ($("file").value = "")));
  $("example").addEventListener("click", async () => {
    const example = await (await fetch("/static/page/example.json")).json();
    $("text").value = example.text;
    $("date").value = example.published_at;
    $("file-note").textContent = "";
    complain("");
    count();
  });
  const sheet = $("sheet");
  for (const type of ["dragenter", "dragover"])
    sheet.addEventListener(type, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      sheet.classList.add("dropping");
    });
  sheet.addEventListener("dragleave", (event) => !sheet.contains(event.relatedTarget) && sheet.classList.remove("dropping"));
  sheet.addEventListener("drop", (event) => {
    sheet.classList.remove("dropping");
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    openFile(file);
  });
}
