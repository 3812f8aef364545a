import { dataJson, say } from "../island";
import { Keeping, post } from "../keeping";
import { fileOf, open, surface, tablesOf, type Fact } from "./surface";
import { narrow, trying } from "./trying";
import { typing } from "./typing";

// The page of one table: the table itself, what is to mend, trying one value set, the facts it may ask. The template rules/edit.html
// holds every word; this binds it to dmn-js.
interface Problem { code: string; element: string; rule: number; column: number; why: string; level: string }
interface Modeling { addCol(what: object, at: number): { businessObject: Input }; editInputExpression(of: object, what: object): void; updateProperties(of: object, what: object): void }
interface Input { inputExpression: object }
interface Stack { canUndo(): boolean; canRedo(): boolean; undo(): void; redo(): void }
interface Root { businessObject: { input?: object[] }; rows: { id: string }[]; cols: { id: string }[] }
interface Sheet { getRoot(): Root }
const REVIEW_AFTER = 500;

function part<T extends HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
}

export async function mountTables(root: HTMLElement): Promise<void> {
  await document.fonts.ready;
  const words = root.dataset;
  const main = root.closest<HTMLElement>("main") ?? document.body;
  const facts = dataJson<Fact[]>(root, "facts", []);
  const canvas = part(root, "[data-canvas]");
  const said = dataJson<Record<string, string>>(root, "editorWords", {});
  const manager = surface(canvas, said, facts);
  const version = await open(manager, await (await fetch(words.xmlUrl ?? "")).text());
  if (!version) {
    canvas.replaceChildren();
    canvas.hidden = true;
    part(root, "[data-broken]").hidden = false;
    root.dataset.ready = "1";
    return;
  }
  const get = <T>(name: string): T => manager.getActiveViewer()!.get<T>(name);
  const file = (): Promise<string> => fileOf(manager, version);
  const subject = (): string => words.subject ?? "";

  // what rules hit and what is wrong is shown on the rows and cells of the table
  const sheetRoot = (): Root => get<Sheet>("sheet").getRoot();
  const rowOf = (rule: number): HTMLElement | undefined => {
    const id = sheetRoot().rows[rule - 1]?.id;
    return canvas.querySelector<HTMLElement>(`td[data-row-id="${CSS.escape(id ?? "")}"]`)?.closest("tr") ?? undefined;
  };
  const cellOf = (rule: number, column: number): HTMLElement | undefined => {
    const row = sheetRoot().rows[rule - 1]?.id, col = sheetRoot().cols[column - 1]?.id;
    if (!col) return rowOf(rule);
    const within = rule ? `td[data-row-id="${CSS.escape(row ?? "")}"]` : "th";
    return canvas.querySelector<HTMLElement>(`${within}[data-col-id="${CSS.escape(col)}"]`) ?? undefined;
  };
  let found: Problem[] = [], hits: number[] = [];
  const mark = (): void => {
    const corner = canvas.querySelector("th.index-column");
    if (corner && !corner.textContent) corner.textContent = say(words.wordRule ?? "", { rule: "" }).trim();
    for (const type of canvas.querySelectorAll<HTMLInputElement>(".type-ref-edit-select input")) {
      type.readOnly = true; // one of the list, shown in words as in the list
      type.value = said[type.value] ?? type.value;
    }
    for (const one of canvas.querySelectorAll(".has-error, .has-warning, .hits")) one.classList.remove("has-error", "has-warning", "hits");
    for (const one of found) if (one.rule || one.column) cellOf(one.rule, one.column)?.classList.add(`has-${one.level}`);
    for (const rule of hits) rowOf(rule)?.classList.add("hits");
  };

  // problems: asked for a moment after the last change; the newest answer counts
  let timer = 0, asked = 0;
  const list = part(root, "[data-problems]"), count = part(root, "[data-problem-count]");
  const place = ({ rule, column }: Problem): string => {
    if (rule && column) return say(words.wordCell ?? "", { rule, column });
    return rule ? say(words.wordRule ?? "", { rule }) : column ? say(words.wordColumn ?? "", { column }) : (words.wordTable ?? "");
  };
  const told = (one: Problem): HTMLElement => {
    const row = document.createElement("li"), button = document.createElement("button"), why = document.createElement("span");
    row.className = one.level;
    button.type = "button";
    button.textContent = place(one);
    why.textContent = one.why;
    button.append(why);
    button.addEventListener("click", () => {
      const cell = cellOf(one.rule || 1, one.column || 1);
      cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
      (cell?.querySelector<HTMLElement>("[contenteditable], [tabindex]") ?? cell)?.focus();
    });
    row.append(button);
    return row;
  };
  const review = async (): Promise<void> => {
    const mine = ++asked;
    const said = await post(words.problemsUrl ?? "", { xml: await file(), subject: subject() }).catch(() => undefined);
    if (!said?.ok || mine !== asked) return;
    const answer = (await said.json()) as { problems: Problem[]; form: string };
    found = answer.problems;
    count.textContent = found.length ? String(found.length) : "";
    count.className = found.some((one) => one.level === "error") ? "late" : "wait";
    list.replaceChildren(...found.map(told));
    if (!found.length) {
      const fine = document.createElement("li");
      fine.className = "fine";
      fine.textContent = words.wordNoProblems ?? "";
      list.append(fine);
    }
    mark();
    root.dataset.reviewed = String(mine);
  };
  const reviewLater = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void review(), REVIEW_AFTER);
  };

  // the three parts on the right
  const tabs = [...root.querySelectorAll<HTMLElement>("[role=tab]")];
  const show = (name: string): void => {
    for (const tab of tabs) {
      const mine = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
      part(root, `#${tab.getAttribute("aria-controls")}`).hidden = !mine;
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      const name = tab.getAttribute("aria-controls") ?? "";
      show(name);
      part(root, `#${name}`).querySelector<HTMLElement>("button, input, select")?.focus();
    });
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = by ? tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] : undefined;
      next?.focus();
      if (next) show(next.getAttribute("aria-controls") ?? "");
    });
  }

  const trial = part<HTMLFormElement>(root, "[data-try]"), narrowed = (): void => narrow(trial, tablesOf(manager).map((view) => view.element));
  narrowed();
  trying(trial, words, file, (rules) => {
    hits = rules;
    mark();
  });

  // a fact becomes a column behind the others
  root.querySelector("[data-facts-list]")?.addEventListener("click", (event) => {
    const fact = facts.find((one) => one.name === (event.target as Element).closest<HTMLElement>("[data-fact]")?.dataset.fact);
    if (!fact) return;
    const modeling = get<Modeling>("modeling");
    const column = modeling.addCol({ type: "dmn:InputClause" }, sheetRoot().businessObject.input?.length ?? 0);
    const typeRef = fact.type === "datetime" ? "dateTime" : fact.type;
    modeling.editInputExpression(column.businessObject.inputExpression, { text: fact.name, typeRef });
    modeling.updateProperties(column.businessObject, { label: fact.label });
  });

  const finish = typing(canvas, get, () => new Set([...facts.map((fact) => fact.name), ...tablesOf(manager).flatMap((view) => [view.name ?? "", view.element.id])]));
  const keeping = new Keeping(main, words, file, (all) => all && finish());
  const stack = (): Stack => get<Stack>("commandStack");
  const acts: Record<string, () => void> = { undo: () => stack().undo(), redo: () => stack().redo(), save: () => void keeping.now() };
  for (const [name, act] of Object.entries(acts)) main.querySelector(`[data-act=${name}]`)?.addEventListener("click", act);
  const changed = (): void => {
    part<HTMLButtonElement>(main, "[data-act=undo]").disabled = !stack().canUndo();
    part<HTMLButtonElement>(main, "[data-act=redo]").disabled = !stack().canRedo();
    hits = [];
    keeping.changed();
    narrowed();
    reviewLater();
  };
  const listen = (): void => get<{ on(event: string, then: () => void): void }>("eventBus").on("commandStack.changed", changed);
  listen();

  // a file may hold several tables that rest on each other
  const choice = root.querySelector<HTMLSelectElement>("[data-tables]"), views = tablesOf(manager);
  if (choice && views.length > 1) {
    choice.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
    choice.replaceChildren(...views.map((view, at) => new Option(view.name ?? String(at + 1), String(at))));
    choice.addEventListener("change", () => void manager.open(views[Number(choice.value)]!).then(mark));
  }
  new MutationObserver(() => requestAnimationFrame(mark)).observe(canvas, { childList: true, subtree: true });
  mark(); // the first answer about problems may be long in coming
  await review();
  root.dataset.ready = "1";
}
