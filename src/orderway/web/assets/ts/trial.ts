import htmx from "htmx.org";

// A trial that takes a while: data-url answers lines of JSON, {done, words} for the bar and the words under it, at last {page}, which
// takes the place of this one. Whoever leaves the page ends the request, and with it the trial.
interface Line { done?: number; words?: string; page?: string }

async function* lines(answer: Response): AsyncGenerator<Line> {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const letters = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + letters.decode(value, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield JSON.parse(part) as Line;
  }
}

function show(page: string): void {
  htmx.swap("#main", page, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 }, { select: "#main" });
}

async function follow(root: HTMLElement, url: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { signal, headers: { Accept: "application/x-ndjson" } });
  if (!answer.headers.get("Content-Type")?.includes("ndjson")) return show(await answer.text());
  const bar = root.querySelector("progress"), words = root.querySelector("[data-words]");
  for await (const line of lines(answer)) {
    if (line.page !== undefined) return show(line.page);
    if (bar) bar.value = line.done ?? 0;
    if (words) words.textContent = line.words ?? "";
  }
  throw new Error("ended before its answer");
}

export function mountTrial(root: HTMLElement): void {
  const leaving = new AbortController();
  window.addEventListener("pagehide", () => leaving.abort(), { once: true });
  follow(root, root.dataset.url ?? "", leaving.signal).catch(() => {
    const failed = root.querySelector<HTMLElement>("[data-failed]");
    if (failed && !leaving.signal.aborted) failed.hidden = false;
  });
}
