import htmx from "htmx.org";
import { dataJson, island } from "./island";

// Sets a record's page to any past moment. data-moments=[{at, words}] oldest first, the last one is "now"; the page is
// fetched with ?at=… and comes back read-only.
interface Moment { at: string; words: string; share: number }

island("slider", (root) => {
  const moments = dataJson<Moment[]>(root, "moments", []);
  const range = root.querySelector<HTMLInputElement>("input[type=range]");
  const name = root.querySelector<HTMLElement>("[data-name]");
  const when = root.querySelector<HTMLElement>(".moment");
  const knob = root.querySelector<SVGElement>(".knob");
  const past = root.querySelector<SVGElement>(".past");
  if (!range || !moments.length) return;
  let playing = 0;

  const chosen = (): Moment => moments[Number(range.value)] ?? (moments.at(-1) as Moment);
  const isNow = (): boolean => Number(range.value) >= moments.length - 1;
  const show = (): void => {
    const moment = chosen();
    if (name) name.textContent = isNow() ? (root.dataset.wordNow ?? "") : (root.dataset.wordThen ?? "");
    if (when) when.textContent = moment.words;
    knob?.setAttribute("cx", `${moment.share}%`);
    past?.setAttribute("width", `${moment.share}%`);
    range.setAttribute("aria-valuetext", isNow() ? (root.dataset.wordNow ?? "") : moment.words);
  };
  const go = (): void => {
    const url = new URL(root.dataset.url ?? location.href, location.href);
    if (isNow()) url.searchParams.delete("at");
    else url.searchParams.set("at", chosen().at);
    void htmx.ajax("get", url.pathname + url.search, { target: "#record", select: "#record", swap: "outerHTML" });
    history.replaceState(history.state, "", url);
  };
  range.addEventListener("input", show);
  range.addEventListener("change", go);
  root.querySelector("[data-play]")?.addEventListener("click", () => {
    if (playing) {
      clearInterval(playing);
      playing = 0;
      return;
    }
    if (isNow()) range.value = "0";
    playing = window.setInterval(() => {
      if (!root.isConnected || isNow()) return clearInterval(playing);
      range.value = String(Number(range.value) + 1);
      show();
      go();
    }, 1200);
  });
  show();
});
