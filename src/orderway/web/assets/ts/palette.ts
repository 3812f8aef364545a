// Ctrl-K: one box for orders, customers, papers, items, pages and commands. Answers come from data-url as
// [{kind, title, detail, url}] in the order to show them, kinds already translated.
interface Hit { kind: string; title: string; detail?: string; url: string }

const dialog = document.querySelector<HTMLDialogElement>("#palette");
const input = dialog?.querySelector<HTMLInputElement>("input");
const found = dialog?.querySelector<HTMLElement>(".found");
let running: AbortController | undefined;
let timer = 0;
let chosen = 0;

function hits(): HTMLElement[] {
  return [...(found?.querySelectorAll<HTMLElement>(".hit") ?? [])];
}

function choose(index: number): void {
  const all = hits();
  chosen = all.length ? (index + all.length) % all.length : 0;
  all.forEach((hit, i) => hit.setAttribute("aria-selected", String(i === chosen)));
  const hit = all[chosen];
  hit?.scrollIntoView({ block: "nearest" });
  if (hit) input?.setAttribute("aria-activedescendant", hit.id);
  else input?.removeAttribute("aria-activedescendant");
}

function part(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function draw(list: Hit[]): void {
  if (!found || !dialog) return;
  found.replaceChildren();
  let kind = "";
  list.forEach((hit, i) => {
    if (hit.kind !== kind) {
      const head = part("div", "kind", (kind = hit.kind));
      head.setAttribute("role", "presentation");
      found.append(head);
    }
    const link = document.createElement("a");
    Object.assign(link, { className: "hit", href: hit.url, id: `hit-${i}`, tabIndex: -1 });
    link.setAttribute("role", "option");
    link.append(part("span", "title", hit.title), part("span", "detail", hit.detail ?? ""), part("kbd", "", "↵"));
    found.append(link);
  });
  const none = dialog.querySelector<HTMLElement>(".none");
  if (none) none.hidden = list.length > 0;
  choose(0);
}

async function ask(): Promise<void> {
  running?.abort();
  running = new AbortController();
  try {
    const url = `${dialog?.dataset.url}?q=${encodeURIComponent(input?.value.trim() ?? "")}`;
    const answer = await fetch(url, { signal: running.signal, headers: { Accept: "application/json" } });
    if (answer.ok) draw((await answer.json()) as Hit[]);
  } catch (problem) {
    if (!(problem instanceof DOMException && problem.name === "AbortError")) draw([]);
  }
}

function open(): void {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input?.select();
  void ask();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-palette]")) open();
  if (event.target === dialog) dialog?.close();
});
input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), 90);
});
// what is pressed stays where it is until it is let go: a list drawn anew in between would swallow the click
found?.addEventListener("pointerdown", () => {
  clearTimeout(timer);
  running?.abort();
});
input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    const link = hits()[chosen] as HTMLAnchorElement | undefined;
    if (link && (event.ctrlKey || event.metaKey)) window.open(link.href);
    else link?.click();
  }
});
