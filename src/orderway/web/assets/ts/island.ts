// An island is an element with data-island="name"; its script runs once for it, also when htmx swaps it in later.
type Mount = (root: HTMLElement) => void;
const mounts = new Map<string, Mount>();
const mounted = new WeakSet<Element>();

/** Registers the script of an island. */
export function island(name: string, mount: Mount): void {
  mounts.set(name, mount);
}

/** Starts every island inside `root` (and `root` itself) that is not running yet. */
export function mountIslands(root: ParentNode): void {
  const found = [...root.querySelectorAll<HTMLElement>("[data-island]")];
  if (root instanceof HTMLElement && root.dataset.island) found.unshift(root);
  for (const element of found) {
    const mount = mounts.get(element.dataset.island ?? "");
    if (mount && !mounted.has(element)) {
      mounted.add(element);
      mount(element);
    }
  }
}

/** The JSON of a data attribute; the given value when it is absent or empty. */
export function dataJson<T>(element: HTMLElement, key: string, otherwise: T): T {
  const text = element.dataset[key];
  return text ? (JSON.parse(text) as T) : otherwise;
}

/** The token Django asks for with every write. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** True while the person is typing, so that letter keys mean letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button", "submit"].includes(target.type);
}

/** Replaces {name} in a sentence that came translated from the server. */
export function say(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
