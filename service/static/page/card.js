// What is known about one item, as a card beside its mark.

import { $, grouped, make } from "./dom.js";
import { label, reason, say } from "./words.js";

const BOUNDS = { min: "≥ ", max: "≤ " };

/** An amount as it is read: 480, 3–5, ≥ 20, ~ 1,200. */
export function amount(number) {
  const marks = (number.approx ? "~ " : "") + (BOUNDS[number.bound] ?? "");
  if (number.value !== null) return marks + grouped(number.value);
  return `${marks}${grouped(number.low ?? "")}–${grouped(number.high ?? "")}`;
}

export const moment = (time) => [time.value, time.mod].filter(Boolean).join(" ");

/** Who says a claim: {key, name} to filter by and to show. */
export function speaker(claim, items) {
  if (!claim.attribution) return { key: "author", name: say("author") };
  const { source } = claim.attribution;
  if (!source) return { key: "unnamed", name: say("unnamed") };
  const name = items.get(source.entity)?.canonical ?? source.text;
  return { key: `name:${name}`, name };
}

/** Show the card of `item` beside `mark`. */
export function showCard(item, mark, items) {
  const card = $("card");
  card.className = item.layer === "claim" ? item.type : item.layer;
  card.replaceChildren(...CONTENT[item.layer](item, items));
  card.hidden = false;
  mark.setAttribute("aria-describedby", "card");
  const boxes = [...mark.getClientRects()];
  const box = boxes[0] ?? mark.getBoundingClientRect();
  const last = boxes.at(-1) ?? box;
  const gap = 8;
  const below = last.bottom + gap + card.offsetHeight <= innerHeight || box.top < card.offsetHeight + gap;
  card.style.left = `${Math.max(gap, Math.min(box.left, innerWidth - card.offsetWidth - gap))}px`;
  card.style.top = `${below ? Math.min(last.bottom + gap, innerHeight - card.offsetHeight - gap) : box.top - gap - card.offsetHeight}px`;
}

export function hideCard() {
  $("card").hidden = true;
  for (const mark of document.querySelectorAll("[aria-describedby=card]")) mark.removeAttribute("aria-describedby");
}

const facts = (rows) =>
  make("dl", {}, ...rows.filter(([, value]) => value).flatMap(([key, value]) => [make("dt", {}, say(key)), make("dd", {}, value)]));

const CONTENT = {
  claim(claim, items) {
    const known = (ids) => ids.map((id) => items.get(id)).filter(Boolean);
    const values = [
      ...known(claim.numbers).map((number) => `${number.text} = ${[amount(number), number.unit].filter(Boolean).join(" ")}`),
      ...known(claim.times).map((time) => `${time.text} = ${moment(time)}`),
    ];
    const { attribution } = claim;
    const said = attribution && [
      `${speaker(claim, items).name} (${attribution.cue.text})`,
      label("style", attribution.style),
      attribution.transparency && label("transparency", attribution.transparency),
    ];
    return [
      make("div", { class: "head" }, make("span", { class: `tag ${claim.type}` }, label("claim_type", claim.type)), label("modality", claim.modality), claim.negated ? `· ${say("negated")}` : null),
      facts([
        ["checkworthy", claim.checkworthy.toFixed(2)],
        ["said_by", said ? said.filter(Boolean).join(" · ") : say("author")],
        ["values", values.join("; ")],
        ["reasons", claim.reasons.map((r) => `${reason(r.feature)} ${r.weight < 0 ? "−" : "+"}${Math.abs(r.weight).toFixed(2)}`).join(", ")],
      ]),
    ];
  },
  number: (number, items) => [
    make("div", { class: "big" }, [amount(number), number.unit].filter(Boolean).join(" ")),
    facts([
      ["kind", label("number_kind", number.kind)],
      ["of", number.of?.text],
      ["same_as", items.get(number.same_as)?.text],
      ["value", number.si && `${amount({ ...number.si, approx: false })} ${number.si.unit}`],
      ["rule", number.rule],
    ]),
  ],
  time: (time) => [
    make("div", { class: "big" }, moment(time)),
    facts([
      ["kind", label("time_type", time.type)],
      ["rule", time.rule],
    ]),
  ],
  entity: (entity) => [
    make("div", { class: "big" }, entity.canonical),
    facts([
      ["kind", label("entity_type", entity.type)],
      ["mentions", String(entity.mentions.length)],
      ["score", entity.score.toFixed(2)],
      ["rule", entity.rule],
    ]),
  ],
};
