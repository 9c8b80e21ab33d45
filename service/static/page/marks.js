// The text with its items marked. Offsets are UTF-16 units: they cut JavaScript strings as they are.

import { make } from "./dom.js";
import { label } from "./words.js";

const INLINE = ["number", "time", "entity"]; // where several cover a stretch, the first of these shows

/** Every item of a result by id, with its layer: claim, number, time or entity. */
export function itemsOf(result) {
  const layers = { claim: result.claims, number: result.numbers, time: result.times, entity: result.entities };
  return new Map(Object.entries(layers).flatMap(([layer, items]) => (items ?? []).map((item) => [item.id, { ...item, layer }])));
}

/** `text` as nodes: claims as marks around pieces, numbers, times and names as marks inside. */
export function marked(text, items) {
  const spans = { claim: [], number: [], time: [], entity: [] };
  for (const item of items.values())
    for (const { start, end } of item.mentions ?? [item]) if (start < end) spans[item.layer].push({ start, end, item });
  const cuts = [...new Set([0, text.length, ...Object.values(spans).flat().flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  const at = new Map(cuts.map((offset, index) => [offset, index]));
  const covers = Object.fromEntries(Object.entries(spans).map(([kind, list]) => [kind, innermost(list, at)]));
  const nodes = [];
  const begun = new Set();
  let open = null;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const claim = covers.claim[i]?.item ?? null;
    if (claim !== open?.claim) {
      open = claim && { claim, node: claimMark(claim, !begun.has(claim)) };
      begun.add(claim);
      if (open) nodes.push(open.node);
    }
    const kind = INLINE.find((name) => covers[name][i]);
    const piece = text.slice(cuts[i], cuts[i + 1]);
    const node = kind ? make("mark", { class: kind, "data-id": covers[kind][i].item.id, tabindex: -1 }, piece) : piece;
    if (open) open.node.append(node);
    else nodes.push(node);
  }
  return nodes;
}

function claimMark(claim, begins) {
  const tag = begins ? make("span", { class: "type", "data-type": claim.type }, label("claim_type", claim.type)) : null;
  return make("mark", { class: `claim ${claim.type}`, "data-id": claim.id, tabindex: -1 }, tag);
}

/** For each piece between two cuts the shortest span that covers it. */
function innermost(spans, at) {
  const cover = [];
  for (const span of [...spans].sort((a, b) => b.end - b.start - (a.end - a.start)))
    for (let i = at.get(span.start); i < at.get(span.end); i++) cover[i] = span;
  return cover;
}
