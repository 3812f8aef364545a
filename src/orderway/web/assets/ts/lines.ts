import { csrfToken, dataJson, island, say } from "./island";

// The line table of a new order. Typing in the last row adds one; Enter goes down a column; a paste from a sheet fills
// as many rows as it has, drawn 40 at a time between frames. The server names items, prices and dates as one types:
// POST data-check-url {"lines": [{"n", "item", "quantity", "price", "note"}]} → [{"n", "name", "price", "amount",
// "promise", "problem"}]. The form gets the inputs lines-0-item, lines-0-quantity, lines-0-price, lines-0-note, and
// lines-count; rows without item and quantity are left out.
const FIELDS = ["item", "quantity", "price", "note"] as const;
type Field = (typeof FIELDS)[number];
type Line = Record<Field, string>;
interface Checked { n: number; name?: string; price?: string; amount?: string; promise?: string; problem?: string }
const CHUNK = 40, ASK_AT_MOST = 100, NEW_ROWS = 5; // on a phone one is enough

const HEADS: [Field, RegExp][] = [
  ["item", /^(item|article|artikel|art\.?|sku|part|material|number|nummer|bestell|gtin|ean)/i],
  ["quantity", /^(quantity|qty|menge|anzahl|stück|stk|pcs|count)/i],
  ["price", /^(unit price|price|preis|einzelpreis|ep|e-preis)/i],
  ["note", /^(note|remark|comment|bemerkung|hinweis|notiz|text)/i],
];

/** Rows and cells of a sheet's clipboard text: tabs, line ends, and quotes around cells that hold either. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "", quoted = false;
  const push = (value: string): void => void rows.at(-1)?.push(value.trim().replace(/\s*\n\s*/g, " "));
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === "\t" || c === "\n") {
      push(cell);
      cell = "";
      if (c === "\n") rows.push([]);
    } else if (c !== "\r") cell += c;
  }
  push(cell);
  return rows.filter((row) => row.some((value) => value !== ""));
}

/** Lines of a pasted sheet: by its head row if it has one, else item, quantity, price, note; a leading quantity is swapped. */
export function linesOf(rows: string[][]): Partial<Line>[] {
  const head = (rows[0] ?? []).map((name) => HEADS.find(([, like]) => like.test(name))?.[0]);
  const named = head.filter(Boolean).length >= 2;
  let order: (Field | undefined)[] = named ? head : [...FIELDS];
  const body = named ? rows.slice(1) : rows;
  const isNumber = (value = ""): boolean => /^[\d.,'\s]+$/.test(value);
  if (!named && body.every((row) => isNumber(row[0])) && body.some((row) => !isNumber(row[1]))) order = ["quantity", "item", "price", "note"];
  return body.map((row) => {
    const line: Partial<Line> = {};
    row.forEach((value, i) => {
      const field = order[i];
      if (field && line[field] === undefined) line[field] = value;
    });
    return line;
  });
}

function mountLines(root: HTMLElement): void {
  const body = root.querySelector("tbody");
  const mould = root.querySelector<HTMLTemplateElement>("template");
  const status = root.querySelector<HTMLElement>("[data-status]");
  const form = root.closest("form");
  if (!body || !mould) return;
  const labels = dataJson<Partial<Line>>(root, "labels", {});
  const dirty = new Set<HTMLTableRowElement>();
  let timer = 0;

  const inputs = (row: Element): HTMLInputElement[] => [...row.querySelectorAll<HTMLInputElement>("input[data-field]")];
  const inputOf = (row: Element, field: Field): HTMLInputElement | null => row.querySelector(`input[data-field=${field}]`);
  const rows = (): HTMLTableRowElement[] => [...body.rows];
  const isUsed = (row: Element): boolean => inputs(row).some((input) => input.value.trim() !== "");

  function makeRow(n: number, line: Partial<Line>): HTMLTableRowElement {
    const row = mould?.content.querySelector("tr")?.cloneNode(true) as HTMLTableRowElement;
    if (row.cells[0]) row.cells[0].textContent = String(n);
    for (const input of inputs(row)) {
      const field = input.dataset.field as Field;
      input.value = line[field] ?? "";
      input.placeholder = labels[field] ?? "";
      input.setAttribute("aria-label", `${n}, ${labels[field] ?? field}`);
    }
    return row;
  }
  function number(): void {
    rows().forEach((row, i) => {
      if (row.cells[0]) row.cells[0].textContent = String(i + 1);
      for (const input of inputs(row)) input.setAttribute("aria-label", `${i + 1}, ${labels[input.dataset.field as Field] ?? ""}`);
    });
  }
  function tell(): void {
    const used = rows().filter(isUsed).length;
    const wrong = body?.querySelectorAll("tr.wrong").length ?? 0;
    if (status) status.textContent = say((wrong ? status.dataset.wrong : status.dataset.count) ?? "", { n: used, wrong });
  }
  function add(count: number): void {
    const from = body?.rows.length ?? 0;
    body?.append(...Array.from({ length: count }, (_, i) => makeRow(from + i + 1, {})));
  }

  async function check(): Promise<void> {
    const url = root.dataset.checkUrl;
    const asked = [...dirty].filter((row) => row.isConnected && isUsed(row)).slice(0, ASK_AT_MOST);
    [...dirty].filter((row) => !row.isConnected || !isUsed(row) || asked.includes(row)).forEach((row) => dirty.delete(row));
    if (!url || !asked.length) return;
    const lines = asked.map((row, n) => ({ n, ...Object.fromEntries(inputs(row).map((i) => [i.dataset.field, i.value.trim()])) }));
    const context = form ? Object.fromEntries([...new FormData(form)].filter(([k, v]) => typeof v === "string" && !k.startsWith("lines-"))) : {};
    try {
      const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ ...context, lines }) });
      if (!answer.ok) return;
      for (const found of (await answer.json()) as Checked[]) if (asked[found.n]) showChecked(asked[found.n] as HTMLTableRowElement, found);
    } catch {
      asked.forEach((row) => dirty.add(row));
      return;
    }
    tell();
    if (dirty.size) later(0);
  }
  function showChecked(row: HTMLTableRowElement, found: Checked): void {
    row.classList.toggle("wrong", !!found.problem);
    const put = (name: string, text = ""): void => {
      const cell = row.querySelector<HTMLElement>(`.c-${name}`);
      if (cell) cell.textContent = text;
    };
    put("name", found.problem ?? found.name);
    put("amount", found.amount);
    put("promise", found.promise);
    const price = inputOf(row, "price");
    if (price) {
      price.placeholder = found.price ?? labels.price ?? "";
      price.classList.toggle("priced", !!found.price);
    }
  }
  function later(wait = 300): void {
    clearTimeout(timer);
    timer = window.setTimeout(() => void check(), wait);
  }

  function fill(lines: Partial<Line>[], from: number): void {
    let at = 0;
    root.setAttribute("aria-busy", "true");
    const step = (): void => {
      const fragment = document.createDocumentFragment();
      for (const end = Math.min(at + CHUNK, lines.length); at < end; at++) {
        const line = lines[at] ?? {};
        const there = body?.rows[from + at];
        if (there) for (const [field, value] of Object.entries(line)) {
          const input = inputOf(there, field as Field);
          if (input) input.value = value;
        }
        const row = there ?? fragment.appendChild(makeRow(from + at + 1, line));
        dirty.add(row);
      }
      body?.append(fragment);
      if (at < lines.length) requestAnimationFrame(step);
      else {
        root.removeAttribute("aria-busy");
        add(1);
        tell();
        later();
      }
    };
    step();
  }

  body.addEventListener("paste", (event) => {
    const input = event.target as HTMLInputElement;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input.dataset.field || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const cells = cellsOf(text);
    const start = FIELDS.indexOf(input.dataset.field as Field);
    const from = rows().indexOf(input.closest("tr") as HTMLTableRowElement);
    if (start > 0) fill(cells.map((row) => Object.fromEntries(row.slice(0, FIELDS.length - start).map((value, i) => [FIELDS[start + i], value]))), from);
    else fill(linesOf(cells), from);
  });
  body.addEventListener("input", (event) => {
    const row = (event.target as Element).closest("tr");
    if (!row) return;
    dirty.add(row);
    if (row === body.rows[body.rows.length - 1]) add(1);
    tell();
    later();
  });
  body.addEventListener("keydown", (event) => {
    const input = event.target as HTMLInputElement;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !input.dataset.field || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = (step > 0 ? input.closest("tr")?.nextElementSibling : input.closest("tr")?.previousElementSibling);
    if (next) inputOf(next, input.dataset.field as Field)?.focus();
  });
  body.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-drop-line]");
    if (!button) return;
    const row = button.closest("tr");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    row?.remove();
    if (!body.rows.length) add(1);
    number();
    tell();
    if (next) inputOf(next, "item")?.focus();
  });
  form?.addEventListener("formdata", (event) => {
    let n = 0;
    for (const row of rows().filter(isUsed)) {
      for (const input of inputs(row)) event.formData.set(`lines-${n}-${input.dataset.field}`, input.value.trim());
      n++;
    }
    event.formData.set("lines-count", String(n));
  });

  const given = dataJson<Partial<Line>[]>(root, "lines", []);
  if (given.length) fill(given, 0);
  else add(root.offsetWidth < 640 ? 1 : NEW_ROWS);
  tell();
  if ("focus" in root.dataset && body.rows[0]) inputOf(body.rows[0], "item")?.focus();
}

island("lines", mountLines);
