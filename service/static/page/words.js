// What the page says, in Korean or English: words.json for sentences, labels.json for the names on the wire, reasons.json for what decided.

const [words, labels, reasons] = await Promise.all(
  ["/static/page/words.json", "/static/labels.json", "/static/page/reasons.json"].map(async (path) => (await fetch(path)).json()),
);

export const language = () => document.documentElement.lang;

/** The sentence `key` with its {places} filled in, {place|one|several} by their number; `fallback` where there is no such sentence. */
export function say(key, places = {}, fallback = "") {
  const sentence = words[key]?.[language()] ?? fallback;
  return sentence.replace(/\{(\w+)(?:\|(.*?)\|(.*?))?\}/g, (whole, name, one, several) =>
    one === undefined ? (places[name] ?? whole) : Number(places[name]) === 1 ? one : several,
  );
}

/** What `name` of a closed set (claim_type, number_kind …) is called. */
export const label = (group, name) => labels[group][name]?.[language()] ?? name;

/** What a feature that moved a decision is called; on the wire its name is English. */
export function reason(feature) {
  if (language() === "en") return feature;
  const [, kind, rest] = feature.match(/^(\w+): (.*)$/) ?? [];
  if (kind) return `${label("claim_type", kind)} ← ${reason(rest)}`;
  if (feature.endsWith(" at the end")) return `${reason(feature.slice(0, -" at the end".length))} (${reasons.end})`;
  if (reasons.whole[feature]) return reasons.whole[feature];
  const parts = feature.split(" ");
  for (let count = parts.length - 1; count > 0; count--) {
    const before = parts.slice(0, count).join(" ");
    const after = parts.slice(count).join(" ");
    if (reasons.before[before]) return `${reasons.before[before]} ${reasons.groups[before] ? label(reasons.groups[before], after) : after}`;
  }
  return feature;
}

export const names = (group) => Object.keys(labels[group]);

/** Put every element that carries a word into `lang`. */
export function switchTo(lang) {
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const attribute of ["placeholder", "aria-label"])
    for (const element of document.querySelectorAll(`[data-word-${attribute}]`))
      element.setAttribute(attribute, say(element.getAttribute(`data-word-${attribute}`)));
}
