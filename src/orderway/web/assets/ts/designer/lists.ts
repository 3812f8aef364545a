import { type Bo, type Moddle, plainName } from "./kinds";

// The lists of a work item (decisions, form, items to tick): one row of the form each, read back as elements of our namespace.
const TYPES: Record<string, string> = { outcome: "orderway:Outcome", field: "orderway:Field", check: "orderway:Check" };
const ORDER = ["orderway:Instruction", "orderway:Field", "orderway:Check", "orderway:Outcome", "orderway:Argument"];
const behind = new WeakMap<Element, Bo>();

/** What stands inside an element, of one type of ours or all. */
export function inside(bo: Bo, type?: string): Bo[] {
  const all = ((bo.get("extensionElements") as Bo | undefined)?.get("values") as Bo[] | undefined) ?? [];
  return type ? all.filter((one) => one.$type === type) : all;
}

/** Extension elements with those of `type` replaced; what others put there stays. */
export function replaced(moddle: Moddle, bo: Bo, type: string, fresh: Bo[]): Bo | undefined {
  const place = (one: Bo): number => (ORDER.includes(one.$type) ? ORDER.indexOf(one.$type) : -1);
  const values = [...inside(bo).filter((one) => one.$type !== type), ...fresh].sort((a, b) => place(a) - place(b));
  if (!values.length) return undefined;
  const holder = moddle.create("bpmn:ExtensionElements", { values });
  holder.$parent = bo;
  for (const one of values) one.$parent = holder;
  return holder;
}

function show(row: HTMLElement, one: Bo): void {
  for (const input of row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-part]")) {
    const value: unknown = one.get(input.dataset.part ?? "");
    if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === true;
    else input.value = typeof value === "string" ? value : input instanceof HTMLSelectElement ? "string" : "";
  }
  const lines = row.querySelector<HTMLTextAreaElement>("[data-choice-lines]");
  if (lines) lines.value = ((one.get("choices") as Bo[] | undefined) ?? []).map((choice) => String(choice.get("label") ?? choice.get("value"))).join("\n");
  choices(row);
}

function choices(row: HTMLElement): void {
  const place = row.querySelector<HTMLElement>("[data-choices]");
  if (place) place.hidden = row.querySelector<HTMLSelectElement>("[data-part=type]")?.value !== "choice";
}

/** One more row for `one`, or an empty one. */
export function addRow(fieldset: HTMLElement, what: string, one?: Bo): HTMLElement | undefined {
  const mould = document.querySelector<HTMLTemplateElement>(`#row-${what}`);
  const row = mould?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!row) return undefined;
  if (one) {
    behind.set(row, one);
    show(row, one);
  }
  fieldset.querySelector("ul")?.append(row);
  return row;
}

/** Draw the rows of a list anew. */
export function fillRows(fieldset: HTMLElement, what: string, bo: Bo): void {
  fieldset.querySelector("ul")?.replaceChildren();
  for (const one of inside(bo, TYPES[what] ?? "")) addRow(fieldset, what, one);
}

/** The rows as elements; rows without a label are not there yet. */
export function readRows(fieldset: HTMLElement, what: string, moddle: Moddle): [type: string, fresh: Bo[]] {
  const taken: string[] = [];
  const fresh: Bo[] = [];
  for (const row of fieldset.querySelectorAll<HTMLElement>("ul > li")) {
    choices(row);
    const part = <T extends HTMLElement>(name: string): T | null => row.querySelector<T>(`[data-part=${name}]`);
    const label = part<HTMLInputElement>("label")?.value.trim() ?? "";
    if (!label && !behind.has(row)) continue;
    const before = behind.get(row);
    const one = moddle.create(TYPES[what] ?? "");
    const name = part<HTMLInputElement>("name");
    if (name && !name.value.trim()) name.value = plainName(label, taken);
    for (const input of row.querySelectorAll<HTMLInputElement>("[data-part]")) {
      const key = input.dataset.part ?? "";
      const value = input.type === "checkbox" ? input.checked || undefined : input.value.trim() || undefined;
      if (!(key === "type" && value === "string" && before?.get("type") === undefined)) one.set(key, value);
    }
    taken.push(String(one.get("name") ?? ""));
    if (one.get("type") === "choice") one.set("choices", offered(row, moddle, before, one));
    behind.set(row, one);
    fresh.push(one);
  }
  return [TYPES[what] ?? "", fresh];
}

/** The choices of a field by its lines; a line that was there keeps its value and its words in other languages. */
function offered(row: HTMLElement, moddle: Moddle, before: Bo | undefined, parent: Bo): Bo[] {
  const old = (before?.get("choices") as Bo[] | undefined) ?? [];
  const lines = (row.querySelector<HTMLTextAreaElement>("[data-choice-lines]")?.value ?? "").split("\n").map((line) => line.trim()).filter(Boolean);
  const taken = old.map((choice) => String(choice.get("value")));
  return lines.map((label) => {
    const kept = old.find((choice) => (choice.get("label") ?? choice.get("value")) === label);
    const value = kept ? String(kept.get("value")) : plainName(label, taken);
    taken.push(value);
    const choice = moddle.create("orderway:Choice", { value, label, de: kept?.get("de") as string | undefined });
    choice.$parent = parent;
    return choice;
  });
}
