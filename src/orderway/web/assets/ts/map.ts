import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { dataJson, say } from "./island";
import { colours } from "./theme";
import { withDrawing } from "./undrawn";

// The live map: data-map-url (BPMN 2.0 XML), data-counts {step: {count, oldest, late, note?}}, data-current [step …],
// data-passed, data-added and data-removed [step …], data-step-url "/…?step=" that a click opens, data-heat {step: 1 … 5}, data-whole
// to show all of it always.
interface Standing { count: number | string; oldest?: string; late?: number }
interface Canvas { scroll(by: { dx: number; dy: number }): void; addMarker(id: string, name: string): void; zoom(to?: number, center?: "auto"): number; viewbox(box?: Box): { inner: Box; outer: Box } }
interface Box { x: number; y: number; width: number; height: number }
interface Overlays { add(id: string, overlay: { position: object; scale: boolean; html: HTMLElement }): void }
interface Shape { id: string; type: string; x?: number; y?: number; width?: number; height?: number; labelTarget?: unknown; source?: Shape }
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
    // outside of the shape, so that its name can be read at any size: under a step, above an event, whose name is under it
    const here = chip(isStep(shape) ? "here" : "here above", [["b", String(standing.count)], ["span", standing.oldest ?? ""]]);
    if (standing.count) overlays.add(id, { position: isStep(shape) ? { bottom: 0, left: 0 } : { top: 0, left: 0 }, scale: false, html: here });
    if (standing.late) {
      const text = say(root.dataset.wordLate ?? "{n} late", { n: standing.late });
      overlays.add(id, { position: { top: 0, left: (shape.width ?? 100) }, scale: false, html: chip("behind", [["span", text]]) });
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
  for (const [id, level] of Object.entries(dataJson<Record<string, number>>(root, "heat", {}))) {
    if (registry.get(id)) canvas.addMarker(id, `heat-${level}`);
  }
  for (const name of ["passed", "current", "added", "removed"]) {
    for (const id of dataJson<string[]>(root, name, [])) {
      const shape = registry.get(id);
      if (!shape) continue;
      canvas.addMarker(id, name);
      // a way that was taken marks where it came from, too
      if (name === "passed" && shape.source) canvas.addMarker(shape.source.id, name);
    }
  }
}

const LEGIBLE = 0.4; // below it nobody knows the steps again

/** The whole map where its names can be read at that size; else as large as that, with the step that is stood at (or the start) in view. */
function begin(root: HTMLElement, viewer: NavigatedViewer): void {
  fit(viewer);
  const canvas = viewer.get<Canvas>("canvas");
  if (canvas.zoom() >= LEGIBLE || root.dataset.whole) return;
  const { inner, outer } = canvas.viewbox();
  const width = outer.width / LEGIBLE, height = outer.height / LEGIBLE;
  const registry = viewer.get<Registry>("elementRegistry");
  const heat = Object.entries(dataJson<Record<string, number>>(root, "heat", {})).sort((a, b) => b[1] - a[1]).map(([id]) => id);
  const standing = [...dataJson<string[]>(root, "current", []), ...heat, ...Object.keys(dataJson<Record<string, Standing>>(root, "counts", {}))];
  const at = standing.map((id) => registry.get(id)).find((shape) => shape?.x !== undefined);
  const middle = at ? { x: (at.x ?? 0) + (at.width ?? 0) / 2, y: (at.y ?? 0) + (at.height ?? 0) / 2 } : { x: inner.x, y: inner.y };
  const within = (wanted: number, from: number, size: number, shown: number): number =>
    Math.max(from - 16, Math.min(wanted - shown / 2, from + size - shown + 36));
  canvas.viewbox({
    x: inner.width > width ? within(middle.x, inner.x, inner.width, width) : inner.x - (width - inner.width) / 2,
    y: inner.height > height ? within(middle.y, inner.y, inner.height, height) : inner.y - 16,
    width,
    height,
  });
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
  await viewer.importXML(withDrawing(xml));
  marks(root, viewer);
  badges(root, viewer);
  begin(root, viewer);
  const steps = root.dataset.stepUrl, counted = dataJson<Record<string, Standing>>(root, "counts", {});
  if (steps) {
    viewer.get<Bus>("eventBus").on("element.click", ({ element }) => {
      if (isStep(element) || element.id in counted) location.assign(steps + encodeURIComponent(element.id));
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
    if (root.clientWidth !== width && root.isConnected) begin(root, viewer);
    width = root.clientWidth;
  }).observe(root);
  const ways: Record<string, [number, number]> = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  root.addEventListener("keydown", (event) => {
    const way = event.target === root ? ways[event.key] : undefined;
    if (!way) return;
    event.preventDefault();
    viewer.get<Canvas>("canvas").scroll({ dx: way[0], dy: way[1] });
  });
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
