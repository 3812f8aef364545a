import type { El, Registry, Selection } from "./kinds";
import { part } from "./options";
import type { Properties } from "./properties";

// The three parts on the right: properties, what is to mend, and the steps of the map as a list.
export class Beside {
  private tabs: HTMLElement[];
  private list: HTMLElement;
  constructor(private root: HTMLElement, private form: Properties, private registry: Registry, private selection: Selection) {
    this.tabs = [...root.querySelectorAll<HTMLElement>("[role=tab]")];
    this.list = part(root, "[data-steps]");
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.pressed(tab.getAttribute("aria-controls") ?? ""));
      tab.addEventListener("keydown", (event) => this.moved(tab, event));
    }
    this.list.addEventListener("click", (event) => this.chosen(event.target as Element));
    this.list.addEventListener("keydown", (event) => this.walked(event));
  }

  /** Show one part. */
  open(name: string): void {
    for (const tab of this.tabs) {
      const mine = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
      part(this.root, `#${tab.getAttribute("aria-controls")}`).hidden = !mine;
    }
  }

  /** Draw the list of steps anew. */
  showSteps(): void {
    const chosen = this.selection.get()[0];
    this.list.replaceChildren(...this.form.steps().map((step) => this.row(step, chosen)));
  }

  private row({ element, words, kind }: { element: El; words: string; kind: string }, chosen: El | undefined): HTMLElement {
    const row = document.createElement("li"), button = document.createElement("button"), what = document.createElement("span");
    button.type = "button";
    button.dataset.step = element.id;
    button.textContent = words;
    what.textContent = kind;
    button.append(what);
    if (element === chosen) button.setAttribute("aria-current", "true");
    row.append(button);
    return row;
  }

  private pressed(name: string): void {
    this.open(name);
    if (name !== "about") part(this.root, `#${name}`).querySelector<HTMLElement>("button[aria-current], button")?.focus();
  }

  private moved(tab: HTMLElement, event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = by ? this.tabs[(this.tabs.indexOf(tab) + by + this.tabs.length) % this.tabs.length] : undefined;
    next?.focus();
    if (next) this.open(next.getAttribute("aria-controls") ?? "");
  }

  private chosen(target: Element): void {
    const element = this.registry.get(target.closest<HTMLElement>("[data-step]")?.dataset.step ?? "");
    if (!element) return;
    this.form.select(element);
    this.open("about");
    this.form.focusName();
  }

  private walked(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...this.list.querySelectorAll<HTMLElement>("button")];
    const next = by ? all[all.indexOf(event.target as HTMLElement) + by] : undefined;
    if (!next) return;
    event.preventDefault();
    const id = next.dataset.step ?? "";
    const element = this.registry.get(id);
    if (element) this.form.select(element);
    this.list.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"]`)?.focus();
  }
}
