// Small makers of form parts.
export type Pair = readonly [value: string, label: string];

/** Fill a select; a value that is not offered stays choosable, so that showing a drawing never changes it. */
export function offer(select: HTMLSelectElement, pairs: readonly Pair[], value: string, empty = ""): void {
  const all: Pair[] = [["", empty], ...pairs];
  if (value && !pairs.some(([known]) => known === value)) all.push([value, value]);
  select.replaceChildren(...all.map(([known, label]) => new Option(label, known, false, known === value)));
}

/** An input for a value of a type; `choices` make it a select. */
export function valueInput(type: string, value: string, choices: readonly Pair[] | undefined, label: string): HTMLInputElement | HTMLSelectElement {
  let input: HTMLInputElement | HTMLSelectElement;
  if (choices) {
    input = document.createElement("select");
    offer(input, choices, value);
  } else {
    input = document.createElement("input");
    input.type = type === "date" ? "date" : "text";
    if (type === "number") input.inputMode = "decimal";
    input.value = value;
  }
  input.className = "input";
  input.setAttribute("aria-label", label);
  return input;
}

/** The parts of the page that are always there. */
export function part<T extends HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}
