// Moving between the marked text and the tables: pointer, keyboard, jumps both ways.

import { hideCard, showCard } from "./card.js";
import { $ } from "./dom.js";

let items = new Map();

/** Read this result from now on. */
export function read(found) {
  items = found;
  hideCard();
  const first = $("marked").querySelector("mark");
  if (first) first.tabIndex = 0;
}

/** Show the `nth` mark of an item in the text and go there. */
export function jumpTo(id, nth = 0) {
  const marks = startsOf(id);
  const mark = marks[Math.min(nth, marks.length - 1)];
  if (!mark) return;
  mark.scrollIntoView({ block: "center" });
  focusMark(mark);
}

/** The first mark of each stretch of an item: cut by others it is several marks. */
function startsOf(id) {
  const marks = [...$("marked").querySelectorAll(`[data-id="${id}"]`)];
  return marks.filter((mark, i) => i === 0 || marks[i - 1].nextSibling !== mark);
}

function focusMark(mark) {
  for (const other of $("marked").querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  mark.tabIndex = 0;
  mark.focus({ preventScroll: true });
}

const light = (id, on) => {
  for (const element of document.querySelectorAll(`[data-id="${id}"]`)) element.classList.toggle("lit", on);
};

let shown = null;

function show(mark) {
  if (shown) light(shown.dataset.id, false);
  shown = mark;
  if (!mark) {
    hideCard();
    return;
  }
  light(mark.dataset.id, true);
  showCard(items.get(mark.dataset.id), mark, items);
}

/** Listen; once. `select(layer, id)` opens the table that holds an item. */
export function listen(select) {
  const text = $("marked");
  text.addEventListener("pointermove", (event) => {
    const mark = event.target.closest("mark"); // moved there: what merely appears under a resting pointer does not count
    if (mark !== shown) show(mark);
  });
  text.addEventListener("pointerleave", () => show(null));
  text.addEventListener("focusin", (event) => event.target.matches("mark") && show(event.target));
  text.addEventListener("focusout", () => show(null));
  text.addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (mark) focusMark(mark);
  });
  text.addEventListener("dblclick", (event) => open(event.target.closest("mark"), select));
  text.addEventListener("keydown", (event) => {
    const marks = [...text.querySelectorAll("mark")];
    const at = marks.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (event.key === "Enter") open(document.activeElement, select);
    else if (to !== undefined && marks[to]) {
      focusMark(marks[to]);
      marks[to].scrollIntoView({ block: "nearest" });
    } else if (to === undefined) return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(null));
  addEventListener("scroll", () => shown && show(shown.matches(":hover, :focus") ? shown : null), { passive: true });
  for (const [type, on] of [["pointerover", true], ["pointerout", false]])
    document.querySelector(".findings").addEventListener(type, (event) => {
      const row = event.target.closest("tr[data-id]");
      if (row) light(row.dataset.id, on);
    });
}

function open(mark, select) {
  const item = items.get(mark?.dataset.id);
  if (item) select(item.layer, item.id);
}
