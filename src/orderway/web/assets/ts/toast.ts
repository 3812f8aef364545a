import { csrfToken } from "./island";

// A toast says what was done and refused and offers to undo. From the page: .toast elements the server wrote; from an
// answer: HX-Trigger {"toast": {"text": …, "tone": "done|late", "undo": token}}. It stays 10 s, longer under the
// pointer or focus; Z undoes the newest.
const STAYS = 10_000;
interface Toast { text: string; tone?: string; undo?: string }

function watch(toast: HTMLElement): void {
  let timer = 0;
  const stay = (): void => clearTimeout(timer);
  const leave = (): void => {
    stay();
    timer = window.setTimeout(() => toast.remove(), STAYS);
  };
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, leave);
  leave();
}

function show(toast: Toast): void {
  const mould = document.querySelector<HTMLTemplateElement>("#toast-mould");
  const place = document.querySelector<HTMLElement>("#toasts");
  const element = mould?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!element || !place) return;
  element.classList.toggle("late", toast.tone === "late");
  const [good, bad] = element.querySelectorAll<SVGElement>("svg");
  (toast.tone === "late" ? good : bad)?.remove();
  const text = element.querySelector("span");
  if (text) text.textContent = toast.text;
  const undo = element.querySelector<HTMLButtonElement>(".undo");
  if (undo && toast.undo) undo.value = toast.undo;
  else undo?.remove();
  place.append(element);
  watch(element);
}

async function undo(button: HTMLButtonElement): Promise<void> {
  const toast = button.closest<HTMLElement>(".toast");
  button.disabled = true;
  const words = document.body.dataset;
  try {
    const answer = await fetch(words.undoUrl ?? "/undo", {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: new URLSearchParams({ token: button.value }),
    });
    const said = (await answer.json().catch(() => ({}))) as Partial<Toast>;
    toast?.remove();
    show({ text: said.text ?? (answer.ok ? words.wordUndone : words.wordNotUndone) ?? "", tone: answer.ok ? "done" : "late" });
    if (answer.ok) document.dispatchEvent(new CustomEvent("undone"));
  } catch {
    button.disabled = false;
    show({ text: words.wordOffline ?? "", tone: "late" });
  }
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const button = target.closest<HTMLButtonElement>(".toast .undo");
  if (button) void undo(button);
  else if (target.closest(".toast .close")) target.closest(".toast")?.remove();
});
document.addEventListener("toast", (event) => show((event as CustomEvent<Toast>).detail));
document.querySelectorAll<HTMLElement>("#toasts .toast").forEach(watch);
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target instanceof Element && event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
  const newest = [...document.querySelectorAll<HTMLButtonElement>(".toast .undo:not([disabled])")].at(-1);
  newest?.click();
});
