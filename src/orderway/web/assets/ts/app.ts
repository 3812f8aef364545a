import htmx from "htmx.org";
import "./keys";
import "./menus";
import "./palette";
import "./rows";
import "./theme";
import "./toast";
import "./lines";
import "./scan";
import "./slider";
import { csrfToken, island, mountIslands } from "./island";
import { listen } from "./live";
import { mountTrial } from "./trial";

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:load", (event) => {
  mountIslands(event.target as HTMLElement);
  // a form that comes back begins where something is wrong
  if (document.activeElement === document.body) document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus();
});

island("trial", mountTrial);
// Large libraries come only with the page that shows a map or a chart.
island("map", (root) => void import("./map").then((part) => part.mountMap(root)));
island("designer", (root) => void import("./designer/index").then((part) => part.mountDesigner(root)));
island("table-editor", (root) => void import("./tables/index").then((part) => part.mountTables(root)));
island("difference", (root) => void import("./difference").then((part) => part.mountDifference(root)));
island("chart", (root) => void import("./chart").then((part) => part.mountChart(root)));

// data-print on a button prints the page.
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-print]")) window.print();
});

// What is cut off is told whole to whoever points at it.
document.addEventListener("mouseover", (event) => {
  const cut = (event.target as Element).closest<HTMLElement>(".cut, .cut > *");
  if (cut && cut.scrollWidth > cut.clientWidth && !cut.title) cut.title = cut.innerText;
});

// A scrolled list stays where it was when the page around it is fetched anew.
let places = new Map<string, number>();
document.addEventListener("htmx:beforeSwap", () => {
  places = new Map([...document.querySelectorAll(".scroll[id]")].map((e) => [e.id, e.scrollTop]));
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, top] of places) {
    const element = document.getElementById(id);
    if (element && !element.dataset.fresh) element.scrollTop = top;
  }
});

// An answer that is a page of refusals (422) or a lost race (409) is shown in place like any other.
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>).detail;
  if (detail.xhr.status === 422 || detail.xhr.status === 409) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    const words = document.body.dataset;
    const status = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail.xhr?.status ?? 0;
    const text = status === 0 ? words.wordOffline : words.wordFailed;
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "late" } }));
  });
}
const showOffline = (): void => void document.body.classList.toggle("is-offline", !navigator.onLine);
window.addEventListener("online", showOffline);
window.addEventListener("offline", showOffline);
showOffline();

mountIslands(document);
if (document.body.dataset.liveUrl) listen(document.body.dataset.liveUrl);
(window as unknown as { htmx: typeof htmx }).htmx = htmx;
