// Small means for building elements. Text is always set as text, never as markup.

export const $ = (id) => document.getElementById(id);

/** An element with attributes and children; null and undefined ones are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Digits in groups of three, a third not to its last digit; amounts are decimal strings, longer than a double can hold. */
export const grouped = (digits) =>
  digits.replace(/^(-?)(\d+)/, (_, sign, whole) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ",")).replace(/(\.\d{6})\d{3,}$/, "$1…");
