import htmx from "htmx.org";

// The server says only which lists changed. An element with data-live="orders stock" and an id is fetched again, from
// data-live-url or the page's own address; while somebody types in it, it waits until they leave it.
const waiting = new Set<HTMLElement>();
let timer = 0;

function refetch(element: HTMLElement): void {
  if (!element.isConnected || !element.id) return;
  void htmx.ajax("get", element.dataset.liveUrl ?? location.href, {
    source: element,
    target: `#${element.id}`,
    select: `#${element.id}`,
    swap: "outerHTML",
  });
}

function isBusy(element: HTMLElement): boolean {
  const active = document.activeElement;
  if (element.querySelector("details[open], dialog[open]")) return true;
  return !!active && element.contains(active) && active.matches("input:not([type=checkbox]), textarea, select");
}

function drain(): void {
  timer = 0;
  if (document.hidden) return;
  for (const element of waiting) {
    if (!element.isConnected) waiting.delete(element);
    else if (!isBusy(element)) {
      waiting.delete(element);
      refetch(element);
    }
  }
}

function changed(name: string): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-live]")) {
    if ((element.dataset.live ?? "").split(/[\s,]+/).includes(name)) waiting.add(element);
  }
  if (waiting.size && !timer) timer = window.setTimeout(drain, 250);
}

// How old this page is, by this browser's own clock: what changed since then may not stand in it yet.
const asked = (url: string): string => `${url}&age=${Math.ceil(performance.now())}`;

function open(url: string, tell: (name: string) => void): void {
  const source = new EventSource(asked(url));
  source.onmessage = (message: MessageEvent<string>) => tell(message.data);
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

async function catchUp(url: string): Promise<void> {
  const told = await (await fetch(asked(url))).text();
  for (const [, name] of told.matchAll(/^data: (\S+)$/gm)) if (name) changed(name);
}

/** Starts listening. Of all tabs of a browser one holds the connection and tells the others; each catches up for itself. */
export function listen(url: string): void {
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
