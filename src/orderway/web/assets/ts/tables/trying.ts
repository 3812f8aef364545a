import { post } from "../keeping";

// One value set by hand: the server decides on it with the table as it is drawn now.
interface Tried { answer: string; rules: number[]; said: string; problems: string[] }

/** Binds the form of values; `hit` is told the rules that hit, from 1. */
export function trying(form: HTMLFormElement, words: DOMStringMap, file: () => Promise<string>, hit: (rules: number[]) => void): void {
  const answer = form.querySelector<HTMLElement>("[data-answer]"), said = form.querySelector<HTMLElement>("[data-said]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
      const reply = await post(words.tryUrl ?? "", { ...values, xml: await file(), subject: words.subject ?? "" }).catch(() => undefined);
      if (!reply?.ok || !answer || !said) return;
      const told = (await reply.json()) as Tried;
      answer.textContent = told.answer;
      said.textContent = [told.said, ...told.problems].filter(Boolean).join(" ");
      hit(told.rules);
      form.dataset.tried = String(Number(form.dataset.tried ?? 0) + 1);
    })();
  });
}
