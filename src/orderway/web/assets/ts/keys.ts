import { isTyping } from "./island";

// A button or link owns its key: data-key="n" (letters), data-key="ctrl+enter". The help lists what the page has.
const STORE = "orderway-letter-keys";
const lettersOn = (): boolean => localStorage.getItem(STORE) !== "off";

function pressed(event: KeyboardEvent): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
}

function owner(key: string): HTMLElement | undefined {
  const scope: ParentNode = document.querySelector("dialog[open]") ?? document;
  return [...scope.querySelectorAll<HTMLElement>("[data-key]")].find(
    (e) => e.dataset.key === key && e.checkVisibility() && !e.hasAttribute("disabled"),
  );
}

function press(element: HTMLElement): void {
  if (element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  const key = pressed(event);
  const plain = !key.startsWith("ctrl+");
  if (plain && (isTyping(event.target) || !lettersOn() || (event.repeat && key !== "j" && key !== "k"))) return;
  if (plain && ["enter", "space", "tab", "escape"].includes(key)) return;
  if (key === "?" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    return showHelp();
  }
  const element = owner(key);
  if (!element) return;
  event.preventDefault();
  press(element);
});

function capsOf(key: string): HTMLElement {
  const caps = document.createElement("span");
  for (const part of key.split("+")) {
    const cap = document.createElement("kbd");
    const words = document.body.dataset;
    const named: Record<string, string | undefined> = { ctrl: words.wordCtrl, enter: "↵", escape: "Esc" };
    cap.textContent = named[part] ?? part.toUpperCase();
    caps.append(cap);
  }
  return caps;
}

function showHelp(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#keys-help");
  const list = dialog?.querySelector<HTMLElement>("[data-page-keys]");
  if (!dialog || !list) return;
  list.replaceChildren();
  const seen = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>("#main [data-key]")) {
    const key = element.dataset.key ?? "";
    if (seen.has(key) || !element.checkVisibility()) continue;
    seen.add(key);
    const copy = element.cloneNode(true) as HTMLElement;
    copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
    const name = document.createElement("span");
    name.textContent = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? copy.textContent?.trim() ?? "";
    const pair = document.createElement("div");
    pair.className = "pair";
    pair.append(name, capsOf(key));
    list.append(pair);
  }
  const box = dialog.querySelector<HTMLInputElement>("[data-letter-keys]");
  if (box) box.checked = lettersOn();
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-show-keys]")) showHelp();
});
document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.matches("[data-letter-keys]")) localStorage.setItem(STORE, box.checked ? "on" : "off");
});
