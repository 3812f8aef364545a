import type Modeler from "bpmn-js/lib/Modeler";
import { post } from "../keeping";
import type { Canvas, El, Registry } from "./kinds";
import { fileOf } from "./modeler";
import { part } from "./options";

// What is to mend: asked for a moment after the last change; the newest answer counts.
interface Problem { code: string; element: string; name: string; why: string; level: string }
const LINT_AFTER = 500;

export class Mending {
  private timer = 0;
  private asked = 0;
  private marked: [string, string][] = [];
  private canvas: Canvas;
  private registry: Registry;

  /** `nameOf` says what people call an element, `open` shows it (or the whole map). */
  constructor(private modeler: Modeler, private root: HTMLElement, private nameOf: (element: El) => string, private open: (element: El | undefined) => void) {
    this.canvas = modeler.get<Canvas>("canvas");
    this.registry = modeler.get<Registry>("elementRegistry");
  }

  later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.now(), LINT_AFTER);
  }

  async now(): Promise<void> {
    const mine = ++this.asked;
    const said = await post(this.root.dataset.problemsUrl ?? "", { xml: await fileOf(this.modeler) }).catch(() => undefined);
    if (!said?.ok || mine !== this.asked) return;
    this.show(((await said.json()) as { problems: Problem[] }).problems);
    this.root.dataset.linted = String(mine);
  }

  private mark(found: Problem[]): void {
    for (const [id, mark] of this.marked) if (this.registry.get(id)) this.canvas.removeMarker(id, mark);
    this.marked = [];
    const worst = new Map<string, string>();
    for (const problem of found) if (worst.get(problem.element) !== "error") worst.set(problem.element, problem.level);
    for (const [id, level] of worst) if (this.registry.get(id)) {
      this.canvas.addMarker(id, `has-${level}`);
      this.marked.push([id, `has-${level}`]);
    }
  }

  private show(found: Problem[]): void {
    this.mark(found);
    const count = part(this.root, "[data-problem-count]"), list = part(this.root, "[data-problems]");
    count.textContent = found.length ? String(found.length) : "";
    count.className = found.some((problem) => problem.level === "error") ? "late" : "wait";
    list.replaceChildren(...found.map((problem) => this.row(problem)));
    if (found.length) return;
    const row = document.createElement("li");
    row.className = "fine";
    row.textContent = this.root.dataset.wordNoProblems ?? "";
    list.append(row);
  }

  private row(problem: Problem): HTMLElement {
    const row = document.createElement("li"), button = document.createElement("button"), why = document.createElement("span");
    const element = this.registry.get(problem.element);
    row.className = problem.level;
    button.type = "button";
    button.textContent = element ? this.nameOf(element) : problem.name || (this.root.dataset.wordMap ?? "");
    why.textContent = problem.why;
    button.append(why);
    button.addEventListener("click", () => this.open(element));
    row.append(button);
    return row;
  }
}
