import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { dataJson, say } from "./island";
import { colours } from "./theme";

// The live map: data-map-url (BPMN 2.0 XML), data-counts {step: {count, oldest, late, note?}}, data-current [step …],
// data-passed [step …], data-step-url "/…?step=" that a click opens.
interface Standing { count: number; oldest?: string; late?: number }
interface Canvas { addMarker(id: string, name: string): void; zoom(to?: number, center?: "auto"): number; viewbox(box?: Box): { inner: Box; outer: Box } }
interface Box { x: number; y: number; width: number; height: number }
interface Overlays { add(id: string, overlay: { position: object; scale: boolean; html: HTMLElement }): void }
interface Shape { id: string; type: string; width?: number; labelTarget?: unknown }
interface Registry { forEach(see: (shape: Shape) => void): void; get(id: string): Shape | undefined }
interface Bus { on(name: string, react: (event: { element: Shape }) => void): void }

const isStep = (shape: Shape): boolean => /Task$|SubProcess$|CallActivity$/.test(shape.type) && !shape.labelTarget;

function chip(className: string, parts: [tag: string, text: string][]): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  for (const [tag, text] of parts) {
    const part = document.createElement(tag);
    part.textContent = text;
    element.append(part);
  }
  return element;
}

function badges(root: HTMLElement, viewer: NavigatedViewer): void {
  const overlays = viewer.get<Overlays>("overlays");
  const registry = viewer.get<Registry>("elementRegistry");
  for (const [id, standing] of Object.entries(dataJson<Record<string, Standing>>(root, "counts", {}))) {
    const shape = registry.get(id);
    if (!shape) continue;
    const here = chip("here", [["b", String(standing.count)], ["span", standing.oldest ?? ""]]);
    if (standing.count) overlays.add(id, { position: { bottom: 10, left: 8 }, scale: false, html: here });
    if (standing.late) {
      const text = say(root.dataset.wordLate ?? "{n} late", { n: standing.late });
      overlays.add(id, { position: { top: -10, left: (shape.width ?? 100) }, scale: false, html: chip("behind", [["span", text]]) });
    }
  }
}

function marks(root: HTMLElement, viewer: NavigatedViewer): void {
  const canvas = viewer.get<Canvas>("canvas");
  viewer.get<Registry>("elementRegistry").forEach((shape) => {
    if (isStep(shape)) canvas.addMarker(shape.id, "step");
    if (shape.type === "bpmn:Lane") canvas.addMarker(shape.id, "lane");
    if (shape.type === "bpmn:Participant") canvas.addMarker(shape.id, "pool");
  });
  const registry = viewer.get<Registry>("elementRegistry");
  for (const name of ["passed", "current"]) {
    for (const id of dataJson<string[]>(root, name, [])) if (registry.get(id)) canvas.addMarker(id, name);
  }
}

function fit(viewer: NavigatedViewer): void {
  const canvas = viewer.get<Canvas>("canvas");
  const { inner, outer } = canvas.viewbox();
  if (!outer.width || !inner.width) return;
  const pad = 16, foot = 36;
  const scale = Math.min((outer.width - 2 * pad) / inner.width, (outer.height - pad - foot) / inner.height, 1.25);
  const width = outer.width / scale, height = outer.height / scale;
  canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - pad / scale, width, height });
}

async function draw(root: HTMLElement, xml: string): Promise<NavigatedViewer> {
  const c = colours("surface", "ink", "ink-2");
  const viewer = new NavigatedViewer({
    container: root,
    bpmnRenderer: { defaultFillColor: c.surface, defaultStrokeColor: c["ink-2"], defaultLabelColor: c.ink },
    textRenderer: { defaultStyle: { fontFamily: "Inter Variable", fontSize: 12, lineHeight: 1.25 }, externalStyle: { fontSize: 11 } },
  });
  await viewer.importXML(xml);
  marks(root, viewer);
  badges(root, viewer);
  fit(viewer);
  const steps = root.dataset.stepUrl;
  if (steps) {
    viewer.get<Bus>("eventBus").on("element.click", ({ element }) => {
      if (isStep(element)) location.assign(steps + encodeURIComponent(element.id));
    });
  }
  return viewer;
}

/** Draws the map; draws it again in the other colours when the theme changes. */
export async function mountMap(root: HTMLElement): Promise<void> {
  await document.fonts.ready;
  const answer = await fetch(root.dataset.mapUrl ?? "");
  const problem = root.querySelector<HTMLElement>(".map-problem");
  if (!answer.ok) {
    if (problem) problem.hidden = false;
    return;
  }
  const xml = await answer.text();
  let viewer = await draw(root, xml);
  root.dataset.ready = "1";
  document.addEventListener("theme", () => {
    if (!root.isConnected) return;
    viewer.destroy();
    void draw(root, xml).then((next) => (viewer = next));
  });
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth !== width && root.isConnected) fit(viewer);
    width = root.clientWidth;
  }).observe(root);
  root.querySelector("[data-zoom=in]")?.addEventListener("click", () => {
    const canvas = viewer.get<Canvas>("canvas");
    canvas.zoom(canvas.zoom() * 1.25, "auto");
  });
  root.querySelector("[data-zoom=out]")?.addEventListener("click", () => {
    const canvas = viewer.get<Canvas>("canvas");
    canvas.zoom(canvas.zoom() / 1.25, "auto");
  });
  root.querySelector("[data-zoom=fit]")?.addEventListener("click", () => fit(viewer));
}
