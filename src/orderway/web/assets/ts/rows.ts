import { money, millionths } from "./amount";
import { isTyping, say } from "./island";

// One keyboard for every list: J/K and arrows move, Enter opens (the link has the focus), X selects, Shift selects a
// range, Ctrl-A all rows, Escape none. The bulk bar shows how many and their sum. Works on [data-rows] tables and on
// lists of .item links; the choice survives a list that is fetched anew.
const chosen = new Set<string>();
let lastBox: HTMLInputElement | undefined;

function list(): HTMLElement | null {
  const active = document.activeElement?.closest<HTMLElement>("[data-rows]");
  return active ?? document.querySelector<HTMLElement>("#main [data-rows]");
}
const rowsOf = (root: HTMLElement): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("[data-row]")];
const boxOf = (row: HTMLElement): HTMLInputElement | null => row.querySelector<HTMLInputElement>("input.check[name]");
const linkOf = (row: HTMLElement): HTMLElement | null => (row.matches("a") ? row : row.querySelector<HTMLElement>("a"));

function moveTo(root: HTMLElement, row: HTMLElement | undefined): void {
  if (!row) return;
  root.querySelector(".cursor")?.classList.remove("cursor");
  row.classList.add("cursor");
  linkOf(row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(root: HTMLElement, step: number): void {
  const rows = rowsOf(root);
  const here = rows.findIndex((row) => row.contains(document.activeElement) || row === document.activeElement);
  const kept = rows.findIndex((row) => row.classList.contains("cursor") || row.getAttribute("aria-current") === "true");
  const from = here >= 0 ? here : kept;
  const to = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step));
  moveTo(root, rows[to]);
  if (root.dataset.rows === "follow" && rows[to] !== rows[from]) linkOf(rows[to] as HTMLElement)?.click();
}

function mark(row: HTMLElement, on: boolean): void {
  const box = boxOf(row);
  if (!box) return;
  box.checked = on;
  row.classList.toggle("selected", on);
  if (on) chosen.add(box.value);
  else chosen.delete(box.value);
}

/** Brings head box and bulk bar in line with the rows that are selected. */
function tell(): void {
  const root = list();
  const bar = document.querySelector<HTMLElement>(".bulk");
  if (!root) return;
  const rows = rowsOf(root).filter(boxOf);
  const on = rows.filter((row) => boxOf(row)?.checked);
  const head = root.querySelector<HTMLInputElement>("input[data-all-rows]");
  if (head) {
    head.checked = rows.length > 0 && on.length === rows.length;
    head.indeterminate = on.length > 0 && on.length < rows.length;
  }
  if (!bar) return;
  bar.hidden = on.length === 0;
  const count = bar.querySelector<HTMLElement>("[data-count]");
  if (count) count.textContent = say(count.dataset.count ?? "{n}", { n: on.length });
  const sum = bar.querySelector<HTMLElement>("[data-sum]");
  const amounts = on.map((row) => millionths(row.dataset.amount ?? ""));
  if (sum) {
    const whole = amounts.every((amount) => amount !== null);
    const total = amounts.reduce<bigint>((so, amount) => so + (amount ?? 0n), 0n);
    sum.textContent = whole ? say(sum.dataset.sum ?? "{sum}", { sum: money(total, bar.dataset.currency ?? "EUR") }) : "";
  }
  const whole = bar.querySelector<HTMLElement>("[data-whole-view]");
  if (whole) whole.hidden = !(head?.checked ?? false);
}

function clear(): void {
  const root = list();
  if (root) rowsOf(root).forEach((row) => mark(row, false));
  chosen.clear();
  const all = document.querySelector<HTMLInputElement>("input[name=whole_view]");
  if (all) all.value = "";
  tell();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event.target) || event.altKey || document.querySelector("dialog[open]")) return;
  const root = list();
  if (!root || (event.target as Element).closest("[role=tablist], .menu, input[type=range]")) return;
  const row = (document.activeElement?.closest("[data-row]") ?? root.querySelector(".cursor")) as HTMLElement | null;
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (ctrl && key === "a" && root.querySelector("input[data-all-rows]")) {
    rowsOf(root).forEach((r) => mark(r, true));
    tell();
  } else if (ctrl) return;
  else if (key === "j" || key === "arrowdown") move(root, 1);
  else if (key === "k" || key === "arrowup") move(root, -1);
  else if (key === "x" && row && boxOf(row)) {
    mark(row, !boxOf(row)?.checked);
    tell();
  } else if (key === "escape" && chosen.size) clear();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const box = target.closest<HTMLInputElement>("[data-row] input.check[name]");
  const row = target.closest<HTMLElement>("[data-row]");
  const root = target.closest<HTMLElement>("[data-rows]");
  if (box && row && root) {
    const rows = rowsOf(root);
    const from = lastBox && event.shiftKey ? rows.findIndex((r) => boxOf(r) === lastBox) : -1;
    const to = rows.indexOf(row);
    if (from >= 0) rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((r) => mark(r, box.checked));
    mark(row, box.checked);
    lastBox = box;
    tell();
  } else if (target.closest("[data-all-rows]") && root) {
    const on = (target as HTMLInputElement).checked;
    rowsOf(root).forEach((r) => mark(r, on));
    tell();
  } else if (target.closest("[data-clear-rows]")) clear();
  else if (target.closest("[data-whole-view]")) {
    const all = document.querySelector<HTMLInputElement>("input[name=whole_view]");
    const button = target.closest<HTMLElement>("[data-whole-view]");
    if (all) all.value = "1";
    const count = document.querySelector<HTMLElement>(".bulk [data-count]");
    if (count) count.textContent = button?.dataset.wholeView ?? "";
    document.querySelector<HTMLElement>(".bulk [data-sum]")?.replaceChildren();
    if (button) button.hidden = true;
  } else if (row && root?.matches("table") && !target.closest("a, button, input, label, summary")) {
    moveTo(root, row);
  }
});
document.addEventListener("dblclick", (event) => {
  const row = (event.target as Element).closest<HTMLElement>("table [data-row]");
  if (row && !(event.target as Element).closest("a, button, input")) linkOf(row)?.click();
});

document.addEventListener("htmx:load", () => {
  const root = list();
  if (!root) return;
  document.activeElement?.closest("table [data-row]")?.classList.add("cursor");
  if (!chosen.size) return;
  const present = new Set<string>();
  for (const row of rowsOf(root)) {
    const id = boxOf(row)?.value ?? "";
    present.add(id);
    if (chosen.has(id)) mark(row, true);
  }
  for (const id of [...chosen]) if (!present.has(id)) chosen.delete(id);
  tell();
});
window.addEventListener("pageshow", tell);
