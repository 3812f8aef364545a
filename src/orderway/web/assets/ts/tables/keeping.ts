import { post } from "./asking";

// Saving a drawn table: a while after the last change, by key, and before leaving; who was slower is told.
const SAVE_AFTER = 2_000;

function tell(text: string | undefined, tone = "late"): void {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone } }));
}

export class Keeping {
  private timer = 0;
  private stopped = false;
  private changes = 0;
  private kept = 0;
  private saving: Promise<boolean> = Promise.resolve(true);
  private readonly said: HTMLElement | null;

  constructor(main: HTMLElement, private words: DOMStringMap, private file: () => Promise<string>, private revision: number) {
    this.said = main.querySelector("#saved");
    window.addEventListener("beforeunload", (event) => {
      if (this.changes !== this.kept) event.preventDefault();
    });
    for (const link of main.querySelectorAll<HTMLAnchorElement>("[data-after-save]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void this.save().then((done) => {
          if (!done) return;
          this.kept = this.changes;
          location.assign(link.href);
        });
      });
    }
  }

  /** Something was drawn. */
  changed(): void {
    this.changes++;
    this.tellState(this.words.wordUnsaved);
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = window.setTimeout(() => void this.save(), SAVE_AFTER);
  }

  /** Keep what is drawn now; whether it is kept. */
  save(): Promise<boolean> {
    this.saving = this.saving.then(() => this.store());
    return this.saving;
  }

  private tellState(text: string | undefined): void {
    if (this.said) this.said.textContent = text ?? "";
  }

  private async store(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.changes === this.kept && this.revision > 0) return true;
    const upTo = this.changes;
    this.tellState(this.words.wordSaving);
    try {
      const said = await post(this.words.saveUrl ?? "", { xml: await this.file(), seen: String(this.revision), subject: this.words.subject ?? "" });
      const told = (await said.json()) as { revision?: number; saved?: string; problems?: string[] };
      if (!said.ok || told.revision === undefined) {
        this.stopped = said.status === 409;
        this.tellState(this.words.wordNotSaved);
        (told.problems ?? [document.body.dataset.wordFailed ?? ""]).forEach((problem) => tell(problem));
        return false;
      }
      this.revision = told.revision;
      this.kept = upTo;
      this.tellState(this.changes === this.kept ? told.saved : this.words.wordUnsaved);
      return true;
    } catch {
      this.tellState(this.words.wordNotSaved);
      tell(document.body.dataset.wordOffline);
      return false;
    }
  }
}
