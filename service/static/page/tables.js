// What was found, as tables: claims to rank and filter, numbers, times and names.

import { amount, moment, speaker } from "./card.js";
import { $, make } from "./dom.js";
import { label, names, say } from "./words.js";

const FRESH = { types: new Set(), least: 0, source: "", sort: "score" };
let filters = { ...FRESH };

/** Fill the tables for a new result, with the filters open. */
export function fillTables(items) {
  filters = { ...FRESH, types: new Set() };
  $("least").value = 0;
  drawTables(items);
}

/** Draw all of it anew, filters as they are: for a new result or another language. */
export function drawTables(items) {
  const of = (layer) => [...items.values()].filter((item) => item.layer === layer);
  const rows = { claims: of("claim"), numbers: of("number"), times: of("time"), names: of("entity") };
  for (const [name, list] of Object.entries(rows)) $(`count-${name}`).textContent = list.length;
  drawFilters(rows.claims, items);
  drawClaims(items);
  put("numbers", rows.numbers, ["in_text", "value", "kind"], (number) => [
    jump(number.id, number.text),
    make("span", {}, amount(number), " ", make("span", { class: "unit" }, number.unit ?? "")),
    make("span", {}, label("number_kind", number.kind), small(number.of?.text), small(number.same_as && `= ${items.get(number.same_as)?.text}`)),
  ]);
  put("times", rows.times, ["in_text", "value", "kind"], (time) => [jump(time.id, time.text), moment(time), label("time_type", time.type)]);
  put("names", rows.names, ["name", "kind", "mentions"], (entity) => [
    make("strong", {}, entity.canonical),
    label("entity_type", entity.type),
    make("span", { class: "mentions" }, ...entity.mentions.map((mention, i) => jump(entity.id, mention.text, i))),
  ]);
}

/** Set a filter or the order, and draw what it changes. */
export function setFilter(change, items) {
  filters = { ...filters, ...change };
  drawFilters([...items.values()].filter((item) => item.layer === "claim"), items);
  drawClaims(items);
}

export function toggleType(type, items) {
  const types = new Set(filters.types);
  if (!types.delete(type)) types.add(type);
  setFilter({ types }, items);
}

export function resetFilters(items) {
  $("least").value = 0;
  setFilter({ ...FRESH, types: new Set(), sort: filters.sort }, items);
}

function passes(claim, items) {
  return (
    (!filters.types.size || filters.types.has(claim.type)) &&
    claim.checkworthy >= filters.least &&
    (!filters.source || speaker(claim, items).key === filters.source)
  );
}

function drawFilters(claims, items) {
  const focused = document.activeElement?.dataset?.type;
  $("type-chips").replaceChildren(
    ...names("claim_type")
      .map((type) => [type, claims.filter((claim) => claim.type === type).length])
      .filter(([, count]) => count)
      .map(([type, count]) =>
        make("button", { type: "button", class: type, "data-type": type, "aria-pressed": filters.types.has(type) }, `${label("claim_type", type)} ${count}`),
      ),
  );
  if (focused) $("type-chips").querySelector(`[data-type=${focused}]`)?.focus();
  $("least-value").textContent = say("at_least", { n: Number(filters.least).toFixed(2) });
  const sources = new Map();
  for (const claim of claims) {
    const { key, name } = speaker(claim, items);
    sources.set(key, { name, count: (sources.get(key)?.count ?? 0) + 1 });
  }
  const options = [...sources].sort((a, b) => b[1].count - a[1].count).map(([key, { name, count }]) => make("option", { value: key }, `${name} (${count})`));
  $("source").replaceChildren(make("option", { value: "" }, say("everyone")), ...options);
  $("source").value = filters.source;
}

function drawClaims(items) {
  const claims = [...items.values()].filter((item) => item.layer === "claim");
  const left = claims.filter((claim) => passes(claim, items));
  left.sort(filters.sort === "score" ? (a, b) => a.rank - b.rank : (a, b) => a.start - b.start);
  const filtered = left.length < claims.length;
  $("shown").textContent = say("shown", { n: left.length, all: claims.length });
  $("reset").hidden = !filtered;
  const focused = document.activeElement?.dataset?.sort;
  put("claims", left, ["checkworthy", "type", "claim", "said_by"], (claim) => [
    make("span", {}, make("meter", { min: 0, max: 1, value: claim.checkworthy, "aria-label": say("checkworthy") }), claim.checkworthy.toFixed(2)),
    make("span", {}, make("span", { class: `tag ${claim.type}` }, label("claim_type", claim.type)), small(claim.modality !== "asserted" && label("modality", claim.modality)), small(claim.negated && say("negated"))),
    jump(claim.id, claim.text),
    claim.attribution ? make("span", {}, speaker(claim, items).name, small(claim.attribution.cue.text)) : make("span", { class: "faint" }, say("author")),
  ], claims.length ? "none_left" : "no_claims");
  for (const [column, sort, direction, hint] of [[0, "score", "descending", "by_score"], [2, "place", "ascending", "by_place"]]) {
    const head = $("claims-table").querySelectorAll("th")[column];
    if (!head) continue;
    if (filters.sort === sort) head.setAttribute("aria-sort", direction);
    head.replaceChildren(make("button", { type: "button", "data-sort": sort, title: say(hint) }, head.textContent));
  }
  if (focused) $("claims-table").querySelector(`[data-sort=${focused}]`)?.focus();
  const kept = new Set(left.map((claim) => claim.id));
  for (const mark of document.querySelectorAll("#marked .claim")) mark.classList.toggle("out", filtered && !kept.has(mark.dataset.id));
}

function put(name, rows, columns, cells, empty = "nothing") {
  const place = $(`${name}-table`);
  if (!rows.length) {
    place.replaceChildren(make("p", { class: "empty" }, say(empty)));
    return;
  }
  const classes = { checkworthy: "score", value: "amount" };
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, say(column))));
  const body = rows.map((row) => make("tr", { "data-id": row.id }, ...cells(row).map((cell, i) => make("td", { class: classes[columns[i]] }, cell))));
  place.replaceChildren(make("table", { "aria-labelledby": `tab-${name}` }, make("thead", {}, head), make("tbody", {}, ...body)));
}

const jump = (id, text, nth = 0) => make("button", { type: "button", class: "jump", lang: "ko", "data-jump": id, "data-nth": nth }, text);
const small = (text) => (text ? make("small", {}, text) : null);
