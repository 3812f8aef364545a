import htmx from "htmx.org";

// The server says only which lists changed. An element with data-live="orders stock" and an id is fetched again, from
// data-live-url or the page's own address; while somebody types or presses in it, waits for what they clicked in it, or reads a dry
// run, it stays.
// Elements are known by their id: each answer puts a new one in the place of the old.
const ON_ITS_WAY = 1_000; // milliseconds
const waiting = new Set<string>();
const loading = new Set<string>();
let pressed: Node | undefined;
let timer = 0;

function refetch(element: HTMLElement): void {
  const id = element.id;
  loading.add(id);
  const asked = htmx.ajax("get", element.dataset.liveUrl ?? location.href, {
    source: element,
    target: `#${id}`,
    select: `#${id}`,
    swap: "outerHTML",
  });
  // what changed while the answer was under way is fetched after it: it may not stand in it
  void asked.catch(() => undefined).finally(() => {
    loading.delete(id);
    later();
  });
}

function isBusy(element: HTMLElement): boolean {
  const active = document.activeElement;
  if (element.querySelector("details[open], dialog[open], .sheet > *, .htmx-request") || (pressed && element.contains(pressed))) return true;
  return !!active && element.contains(active) && active.matches("input:not([type=checkbox]), textarea, select");
}

function drain(): void {
  timer = 0;
  if (document.hidden) return;
  for (const id of waiting) {
    const element = document.getElementById(id);
    if (!element) waiting.delete(id);
    else if (!loading.has(id) && !isBusy(element)) {
      waiting.delete(id);
      refetch(element);
    }
  }
}

// What somebody has begun since the answer was asked for is not taken from under their hands: it is asked for again afterwards.
function hold(event: Event): void {
  const detail = (event as CustomEvent<{ shouldSwap: boolean; target: HTMLElement; requestConfig: { elt: Element } }>).detail;
  if (detail.requestConfig.elt !== detail.target || !loading.has(detail.target.id) || !isBusy(detail.target)) return;
  detail.shouldSwap = false;
  waiting.add(detail.target.id);
}

function press(event: Event): void {
  pressed = event.type === "pointerdown" ? (event.target as Node) : undefined;
  if (!pressed) later();
}

function later(): void {
  if (waiting.size && !timer) timer = window.setTimeout(drain, 250);
}

function changed(name: string): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
    if ((element.dataset.live ?? "").split(/[\s,]+/).includes(name)) waiting.add(element.id);
  }
  later();
}

// How old this page is, by this browser's own clock: what changed since then may not stand in it yet.
const asked = (url: string): string => `${url}&age=${Math.ceil(performance.now())}`;

function open(url: string, tell: (name: string) => void): void {
  const source = new EventSource(asked(url));
  source.onmessage = (message: MessageEvent<string>) => tell(message.data);
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

async function catchUp(url: string, again = true): Promise<void> {
  const began = performance.now();
  const told = await (await fetch(asked(url))).text();
  for (const [, name] of told.matchAll(/^data: (\S+)$/gm)) if (name) changed(name);
  // the server counts the age from when it is asked: what happened while the question was on its way is asked for once more
  if (again && performance.now() - began > ON_ITS_WAY) await catchUp(url, false);
}

/** Starts listening. Of all tabs of a browser one holds the connection and tells the others; each catches up for itself. */
export function listen(url: string): void {
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:afterRequest", later);
  for (const name of ["pointerdown", "pointerup", "pointercancel"]) document.addEventListener(name, press);
  document.addEventListener("visibilitychange", drain);
  document.addEventListener("focusout", () => void (waiting.size && setTimeout(drain, 50)));
  if (!("locks" in navigator)) return open(url, changed);
  const channel = new BroadcastChannel("orderway-live");
  channel.onmessage = (message: MessageEvent<string>) => changed(message.data);
  catchUp(url).catch(() => undefined); // the one that listens tells every list when the server is back
  void navigator.locks.request("orderway-live", () => {
    open(url, (name) => {
      channel.postMessage(name);
      changed(name);
    });
    return new Promise<never>(() => undefined);
  });
}
