import type Modeler from "bpmn-js/lib/Modeler";
import { csrfToken } from "../island";
import { fileOf } from "./modeler";
import { part } from "./options";

// Keeping the draft: a while after the last change, by key, and before leaving.
const SAVE_AFTER = 2_000;

export async function post(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" }, body: new URLSearchParams(fields) });
}

export function tell(text: string | undefined, tone = "late"): void {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone } }));
}

export class Saving {
  private revision: number;
  private timer = 0;
  private stopped = false;
  private changes = 0;
  private kept = 0;
  private saved: HTMLElement;
  private last: Promise<boolean> = Promise.resolve(true);

  /** `flush` writes what was typed into the form but not left yet. */
  constructor(private modeler: Modeler, main: HTMLElement, private words: DOMStringMap, private flush: () => void) {
    this.revision = Number(words.revision ?? 0);
    this.saved = part(main, "#saved");
    window.addEventListener("beforeunload", (event) => {
      if (this.changes !== this.kept) event.preventDefault();
    });
    for (const link of main.querySelectorAll<HTMLAnchorElement>("[data-after-save]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void this.now().then((done) => {
          if (!done) return;
          this.kept = this.changes;
          location.assign(link.href);
        });
      });
    }
  }

  /** The drawing has changed. */
  changed(): void {
    this.changes++;
    this.saved.textContent = this.words.wordUnsaved ?? "";
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = window.setTimeout(() => void this.now(), SAVE_AFTER);
  }

  /** Save now, after what is being saved. */
  now(): Promise<boolean> {
    return (this.last = this.last.then(() => this.store()));
  }

  private async store(): Promise<boolean> {
    clearTimeout(this.timer);
    this.flush();
    if (this.changes === this.kept && this.revision > 0) return true;
    const upTo = this.changes;
    this.saved.textContent = this.words.wordSaving ?? "";
    try {
      const said = await post(this.words.saveUrl ?? "", { xml: await fileOf(this.modeler), seen: String(this.revision) });
      const told = (await said.json()) as { revision?: number; saved?: string; problems?: string[] };
      if (!said.ok || told.revision === undefined) {
        this.stopped = said.status === 409;
        this.saved.textContent = this.words.wordNotSaved ?? "";
        (told.problems ?? [document.body.dataset.wordFailed ?? ""]).forEach((problem) => tell(problem));
        return false;
      }
      this.revision = told.revision;
      this.kept = upTo;
      this.saved.textContent = this.changes === this.kept ? (told.saved ?? "") : (this.words.wordUnsaved ?? "");
      return true;
    } catch {
      this.saved.textContent = this.words.wordNotSaved ?? "";
      tell(document.body.dataset.wordOffline);
      return false;
    }
  }
}
