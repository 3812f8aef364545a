// Typing into the cells of a table as people write: a text needs no quotation marks, and Enter ends a cell.
interface Column { typeRef?: string; inputExpression?: { typeRef?: string } }
interface Cell { businessObject: { text?: string } & Column }
interface Registry { get(id: string): Cell | undefined }
interface Modeling { editCell(cell: object, text: string): void }

const BARE = /^\p{L}[\p{L}\p{N} ._/&'-]*$/u, QUOTED = /^"[^"]*"$/;
const SAYS = new Set(["true", "false", "null", "and", "or", "in", "between", "not", "if", "then", "else", "for", "some", "every", "instance"]);

/** What was typed into a cell of texts, in quotation marks where it is plain words; `known` are the names that may stand there bare. */
export function quoted(text: string, several: boolean, known: Set<string>): string {
  const parts = (several ? text.split(",") : [text]).map((part) => part.trim());
  const plain = (part: string): boolean => BARE.test(part) && !part.split(/[\s.]+/).some((word) => SAYS.has(word) || known.has(word)) && !known.has(part);
  if (!parts.some(plain) || !parts.every((part) => plain(part) || QUOTED.test(part))) return text;
  return parts.map((part) => (plain(part) ? `"${part}"` : part)).join(", ");
}

/** Binds the cells of `canvas`; answers how to finish the one that is typed into now. */
export function typing(canvas: HTMLElement, get: <T>(name: string) => T, known: () => Set<string>): () => void {
  let last: HTMLElement | undefined; // whoever presses elsewhere has left the cell already
  const finish = (): void => {
    const cell = last && get<Registry>("elementRegistry").get(last.dataset.elementId ?? "");
    const column = last && get<Registry>("elementRegistry").get(last.dataset.colId ?? "")?.businessObject;
    const text = cell?.businessObject.text;
    if (!cell || !text || (column?.inputExpression ?? column)?.typeRef !== "string") return;
    const meant = quoted(text, !!column?.inputExpression, known());
    if (meant !== text) get<Modeling>("modeling").editCell(cell.businessObject, meant);
  };
  canvas.addEventListener("focusin", (event) => {
    const place = (event.target as Element).closest<HTMLElement>("tbody td[data-element-id][data-col-id]");
    if (!place || place === last) return;
    finish();
    last = place;
  }, true);
  canvas.addEventListener("focusout", () => setTimeout(() => canvas.contains(document.activeElement) || finish()));
  canvas.addEventListener("keydown", (event) => {
    const offered = canvas.ownerDocument.querySelector(".cm-tooltip-autocomplete [aria-selected=true] .cm-completionLabel")?.textContent;
    if (event.key !== "Enter" || offered === undefined || offered === null) return;
    const typed = /[\p{L}\p{N}_]+$/u.exec((event.target as Element).textContent ?? "")?.[0] ?? "";
    // what is offered and does not begin with what was typed is not what was meant
    if (!offered.toLowerCase().startsWith(typed.toLowerCase())) event.target?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  }, true);
  // the library closes what it opened when the focus goes elsewhere, as it would to the page when a choice is pressed
  canvas.addEventListener("mousedown", (event) => {
    const place = event.target as Element;
    if (place.closest(".context-menu, .dms-select-options") && !place.closest("input, button, select, textarea, a, [contenteditable], [tabindex]:not(main)")) event.preventDefault();
  }, true);
  return finish;
}
