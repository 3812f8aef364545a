import { csrfToken } from "./island";

// Keeping the draft of a map or a table: a while after the last change, by key, and before leaving; who was slower is told.
const SAVE_AFTER = 2_000, AGAIN_AFTER = 10_000;

/** Sends fields as a form does; the answer is JSON. */
export async function post(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" }, body: new URLSearchParams(fields) });
}

/** Say something in passing. */
export function tell(text: string | undefined, tone = "late"): void {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone } }));
}

/** Where a plain press of the mouse or Enter leads to, or nothing. */
function ledTo(event: MouseEvent): HTMLAnchorElement | undefined {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !(event.target instanceof Element)) return undefined;
  const link = event.target.closest<HTMLAnchorElement>("a[href]");
  return link && link.origin === location.origin && !link.target && !link.getAttribute("href")?.startsWith("#") ? link : undefined;
}

export class Keeping {
  private revision: number;
  private timer = 0;
  private stopped = false;
  private changes = 0;
  private kept = 0;
  private failed = false;
  private last: Promise<boolean> = Promise.resolve(true);
  private readonly said: HTMLElement | null;
  private readonly standing: HTMLElement | null; // says what is drawn on: a version, since the first change a draft on it

  /** `take` writes what was typed but not left yet; only what is typed on the drawing itself waits until somebody asks for a save (`all`). */
  constructor(main: HTMLElement, private words: DOMStringMap, private file: () => Promise<string>, private take: (all: boolean) => void = () => undefined) {
    this.revision = Number(words.revision ?? 0);
    this.said = main.querySelector("#saved");
    this.standing = main.querySelector("#standing");
    window.addEventListener("beforeunload", (event) => {
      if (this.changes !== this.kept) event.preventDefault();
    });
    document.addEventListener("click", (event) => this.leave(event));
  }

  /** Something was drawn. */
  changed(): void {
    this.changes++;
    if (this.standing) this.standing.textContent = this.standing.dataset.wordDraft ?? "";
    this.tellState(this.words.wordUnsaved);
    if (!this.stopped) this.later(SAVE_AFTER);
  }

  /** Keep what is drawn now, after what is being kept; whether it is kept. */
  now(): Promise<boolean> {
    this.take(true);
    return this.keep();
  }

  /** What is drawn now is not to be kept any more: why. */
  stop(why: string | undefined): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.tellState(this.words.wordNotSaved);
    tell(why);
  }

  /** Whoever goes elsewhere takes nothing unsaved along; where it cannot be saved, a second press goes all the same. */
  private leave(event: MouseEvent): void {
    const link = ledTo(event);
    if (!link) return;
    this.take(true);
    const asked = link.hasAttribute("data-after-save");
    if (!asked && (this.changes === this.kept || this.stopped)) return;
    event.preventDefault();
    void this.keep().then((done) => {
      if (!done) return;
      this.kept = this.changes;
      location.assign(link.href);
    });
  }

  private later(after: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keep(), after);
  }

  private keep(): Promise<boolean> {
    return (this.last = this.last.then(() => this.store()));
  }

  private tellState(text: string | undefined): void {
    if (this.said) this.said.textContent = text ?? "";
  }

  private async store(): Promise<boolean> {
    clearTimeout(this.timer);
    this.take(false);
    if (this.changes === this.kept && this.revision > 0) return true;
    const upTo = this.changes;
    this.tellState(this.words.wordSaving);
    try {
      const said = await post(this.words.saveUrl ?? "", { xml: await this.file(), seen: String(this.revision), subject: this.words.subject ?? "" });
      const told = (await said.json()) as { revision?: number; saved?: string; problems?: string[] };
      this.failed = false;
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
      if (!this.failed) tell(document.body.dataset.wordOffline);
      this.failed = true;
      this.later(AGAIN_AFTER);
      return false;
    }
  }
}
