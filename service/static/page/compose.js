// The sheet that a text is pasted, typed, dropped or opened into.

import { $ } from "./dom.js";
import { language, say } from "./words.js";

const MOST_BYTES = 8_000_000;

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

export function count() {
  const characters = [...$("text").value].length;
  $("count").textContent = characters ? say("characters", { n: characters.toLocaleString(language()) }) : "";
}

/** Read a file into the sheet: UTF-8, or the older encoding of Korea. */
export async function openFile(file) {
  $("file-note").textContent = "";
  if (file.size > MOST_BYTES) {
    complain(say("file_too_large", { name: file.name }));
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
