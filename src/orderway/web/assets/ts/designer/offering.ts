import type { Adding } from "./adding";
import type { Canvas } from "./kinds";
import { part } from "./options";

// What can be added: a click or its key adds after the chosen one, a pull puts it where it is let go, typing finds it.
export class Offering {
  private buttons: HTMLButtonElement[];
  private filter: HTMLInputElement;
  /** `added` is called when something came onto the drawing. */
  constructor(root: HTMLElement, private adding: Adding, private canvas: Canvas, private before: () => void, private added: () => void) {
    this.buttons = [...root.querySelectorAll<HTMLButtonElement>("[data-add]")];
    this.filter = part<HTMLInputElement>(root, "#add-filter");
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.add(button.dataset.add ?? ""));
      button.draggable = true;
      button.addEventListener("dragstart", (event) => {
        event.preventDefault();
        this.adding.pull(event, button.dataset.add ?? "");
      });
    }
    this.filter.addEventListener("input", () => this.narrow());
    root.querySelector(".adding")?.addEventListener("keydown", (event) => this.pressed(event as KeyboardEvent));
  }

  private add(what: string): void {
    this.before();
    if (this.adding.add(what)) this.added();
  }

  private narrow(): void {
    const wanted = this.filter.value.trim().toLowerCase();
    for (const button of this.buttons) {
      const row = button.closest("li");
      if (row) row.hidden = !(button.dataset.words ?? "").toLowerCase().includes(wanted);
    }
  }

  private pressed(event: KeyboardEvent): void {
    const visible = this.buttons.filter((button) => !button.closest("li")?.hidden);
    const at = visible.indexOf(event.target as HTMLButtonElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      (visible[at + (event.key === "ArrowDown" ? 1 : -1)] ?? this.filter).focus();
    } else if (event.key === "Enter" && event.target === this.filter) {
      event.preventDefault();
      this.filter.value = "";
      this.narrow();
      visible[0]?.click();
    } else if (event.key === "Escape") this.canvas.focus();
  }
}
