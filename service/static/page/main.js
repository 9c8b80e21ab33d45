// The page at /: from a text to its job, from the job to its result, from the result to what one sees.

import * as api from "./api.js";
import * as compose from "./compose.js";
import { $, make } from "./dom.js";
import { itemsOf, marked } from "./marks.js";
import * as reading from "./reading.js";
import * as tables from "./tables.js";
import { label, language, names, say, switchTo } from "./words.js";

const state = { text: "", day: "", job: null, result: null, items: new Map(), abort: null };
const TAB_OF = { claim: "claims", number: "numbers", time: "times", entity: "names" };

// --- a text is sent and read

async function start() {
  const text = compose.text();
  const fault = compose.fault();
  compose.complain(fault);
  if (fault) {
    $("text").focus();
    return;
  }
  $("failure").hidden = true;
  Object.assign(state, { text, day: $("date").value, job: null, result: null, abort: new AbortController() });
  const { signal } = state.abort;
  busy(true);
  try {
    state.job = await api.submit(text, state.day, signal);
    state.job = await api.follow(state.job, (job) => (tell(job), (state.job = job)), signal);
    state.result = await api.result(state.job, signal);
    showResult();
  } catch (error) {
    if (error.name !== "AbortError") fail(error);
  } finally {
    busy(false);
  }
}

let clock = null;

function busy(on) {
  $("progress").hidden = !on;
  if (on) $("progress").scrollIntoView({ block: "nearest" });
  $("read").disabled = on;
  clearInterval(clock);
  if (!on) return;
  const began = performance.now();
  $("progress-text").textContent = say("sending");
  $("progress-time").textContent = "";
  clock = setInterval(() => ($("progress-time").textContent = say("seconds", { n: Math.round((performance.now() - began) / 1000) })), 1000);
}

function tell({ status, queue_position: n }) {
  const sentence = status === "queued" && n > 1 ? say("queued_at", { n }) : say(status);
  if ($("progress-text").textContent !== sentence) $("progress-text").textContent = sentence;
}

async function cancel() {
  state.abort?.abort();
  $("file-note").textContent = say("canceled");
  $("text").focus();
  if (state.job) await api.erase(state.job).catch(() => {});
}

function fail(error) {
  if (!(error instanceof api.Failure)) throw error;
  if (error.name === "unauthorized") {
    askForKey(say(api.key.get() ? "key_wrong" : "key_wanted"));
    return;
  }
  const { problem } = error;
  const title = problem ? say(`problem_${error.name}`, {}, problem.title ?? say("problem_other")) : say("no_network");
  $("failure-title").textContent = title;
  $("failure-detail").textContent = problem?.detail ?? "";
  $("failure-errors").replaceChildren(...(problem?.errors ?? []).map(({ field, message }) => make("li", {}, field ? `${field}: ${message}` : message)));
  $("failure-id").textContent = error.requestId ? `${say("request_id")} ${error.requestId}` : "";
  $("failure").hidden = false;
  $("failure").scrollIntoView({ block: "nearest" });
}

// --- what was found is shown

function showResult() {
  state.items = itemsOf(state.result);
  $("compose").hidden = true;
  $("result").hidden = false;
  $("note").textContent = "";
  drawText();
  tables.fillTables(state.items);
  selectTab("claims");
  describe();
  reading.read(state.items);
  $("result-title").focus();
  scrollTo(0, 0);
}

function drawText() {
  $("marked").replaceChildren(...marked(state.text, state.items));
  const kinds = new Set([...state.items.values()].map((item) => (item.layer === "claim" ? item.type : item.layer)));
  const claims = names("claim_type").map((type) => [`tag ${type}`, type, label("claim_type", type)]);
  const others = names("layer").filter((name) => name !== "claim").map((name) => [name, name, label("layer", name)]);
  $("legend").replaceChildren(
    ...[...claims, ...others].filter(([, kind]) => kinds.has(kind)).map(([look, , word]) => make("li", {}, make("span", { class: look }, word))),
  );
}

function describe() {
  const { document: about, engine } = state.result;
  const counts = Object.fromEntries(["claims", "numbers", "times", "entities"].map((layer) => [layer, state.result[layer].length]));
  $("result-title").textContent = say("done", counts);
  const until = new Date(state.job.expires_at).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
  $("result-facts").textContent = [
    say("characters", { n: about.characters.toLocaleString(language()) }),
    state.day ? say("as_of", { day: state.day }) : say("undated"),
    `${engine.elapsed_ms} ms`,
    say("kept_until", { time: until }),
  ]
    .map((fact) => fact.replaceAll(" ", "\u00a0")) // lines break between facts
    .join(" · ");
}

function selectTab(name, focus = false) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !chosen;
    if (chosen && focus) tab.focus();
  }
}

function openRow(layer, id) {
  if (layer === "claim" && !$("claims-table").querySelector(`tr[data-id="${id}"]`)) tables.resetFilters(state.items);
  selectTab(TAB_OF[layer]);
  const row = $(`${TAB_OF[layer]}-table`).querySelector(`tr[data-id="${id}"]`);
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector(".jump")?.focus({ preventScroll: true });
}

// --- what was found is taken along

async function copy(get) {
  note("");
  try {
    await toClipboard(await get());
    note(say("copied"));
  } catch (error) {
    if (error instanceof api.Failure) fail(error);
    else note(say("not_copied"));
  }
}

async function toClipboard(content) {
  if (navigator.clipboard) return navigator.clipboard.writeText(content);
  const area = make("textarea", { class: "unseen", "aria-hidden": "true" }); // a page without TLS has no clipboard
  area.value = content;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("refused");
  return undefined;
}

async function download(format) {
  try {
    const address = URL.createObjectURL(await api.inFormat(state.job, format));
    make("a", { href: address, download: `jujang-${state.job.id}.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (error) {
    fail(error);
  }
}

async function erase() {
  try {
    await api.erase(state.job);
    composeAgain();
    $("file-note").textContent = say("erased");
  } catch (error) {
    fail(error);
  }
}

const note = (sentence) => ($("note").textContent = sentence);

function composeAgain() {
  $("result").hidden = true;
  $("failure").hidden = true;
  $("compose").hidden = false;
  $("file-note").textContent = "";
  $("text").focus();
}

// --- the key

function askForKey(message = "") {
  $("key-error").textContent = message;
  $("key-error").hidden = !message;
  $("key").value = api.key.get();
  $("key-dialog").showModal();
}

function showKey() {
  const word = api.key.get() ? "key_set" : "key";
  $("key-button").firstElementChild.dataset.word = word;
  $("key-button").firstElementChild.textContent = say(word);
}

// --- everything listens

const on = (id, type, act) => $(id).addEventListener(type, act);

on("form", "submit", (event) => (event.preventDefault(), start()));
on("text", "keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && start());
on("cancel", "click", cancel);
on("again", "click", start);
on("edit", "click", composeAgain);
on("erase", "click", erase);
on("copy-json", "click", () => copy(() => JSON.stringify(state.result, null, 2)));
on("copy-csv", "click", () => copy(async () => (await (await api.inFormat(state.job, "csv")).text()).replace(/^\ufeff/, "")));
on("result", "click", ({ target }) => {
  const { format, jump, nth, type, sort } = target.closest("button")?.dataset ?? {};
  if (format) download(format);
  else if (jump) reading.jumpTo(jump, Number(nth));
  else if (type) tables.toggleType(type, state.items);
  else if (sort) tables.setFilter({ sort }, state.items);
});
on("least", "input", () => tables.setFilter({ least: Number($("least").value) }, state.items));
on("source", "change", () => tables.setFilter({ source: $("source").value }, state.items));
on("reset", "click", () => (tables.resetFilters(state.items), $("least").focus()));
on("tabs", "click", ({ target }) => target.closest("[role=tab]") && selectTab(target.closest("[role=tab]").id.slice("tab-".length)));
on("tabs", "keydown", (event) => {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const at = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  selectTab(tabs[(to + tabs.length) % tabs.length].id.slice("tab-".length), true);
});
on("language", "click", (event) => {
  event.preventDefault();
  switchTo(language() === "ko" ? "en" : "ko");
  const other = language() === "ko" ? "en" : "ko";
  Object.assign($("language"), { lang: other, href: `/?lang=${other}` });
  history.replaceState(null, "", `/?lang=${language()}`);
  compose.count();
  showKey();
  if (!state.result) return;
  describe();
  drawText();
  tables.drawTables(state.items);
  reading.read(state.items);
});
on("key-button", "click", () => askForKey());
on("key-close", "click", () => $("key-dialog").close());
on("key-forget", "click", () => (api.key.set(""), $("key-dialog").close(), showKey()));
on("key-form", "submit", () => (api.key.set($("key").value.trim()), showKey()));

compose.listen();
reading.listen(openRow);
$("date").value = compose.today();
compose.count();
showKey();

