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

interface Texts { text?: string }
export interface Drawn { decisionLogic?: { input?: { inputExpression?: Texts }[]; rule?: { inputEntry?: Texts[]; outputEntry?: Texts[] }[] } }

/** Only what these tables ask for is to be filled in; where they name nothing that is known, everything. */
export function narrow(form: HTMLFormElement, tables: Drawn[]): void {
  const texts = tables.flatMap(({ decisionLogic: one }) => [...(one?.input ?? []).map((input) => input.inputExpression), ...(one?.rule ?? []).flatMap((rule) => [...(rule.inputEntry ?? []), ...(rule.outputEntry ?? [])])]);
  const named = new Set(texts.map((one) => one?.text ?? "").join(" ").match(/[A-Za-z_]\w*/g));
  const fields = [...form.querySelectorAll<HTMLElement>(".field")].map((field) => ({ field, input: field.querySelector<HTMLInputElement>("[name]") }));
  const asked = fields.some(({ input }) => named.has(input?.name ?? ""));
  for (const { field, input } of fields) field.hidden = asked && !named.has(input?.name ?? "") && !input?.value;
}
