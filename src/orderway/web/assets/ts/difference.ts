import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import descriptor from "../../../workflow/orderway.moddle.json";
import { say } from "./island";
import { colours } from "./theme";
import { withDrawing } from "./undrawn";

// Two versions of a map as one drawing: data-new-url is drawn, what is new or changed in it is marked; what was taken out of
// data-old-url is drawn in where it stood. The same stands as a list below the drawing.
interface Bo { $type: string; id: string; name?: string; $attrs?: Record<string, unknown>; get(name: string): unknown; $descriptor: { properties?: { name: string; ns: { localName: string } }[] } }
interface Shape { id: string; type: string; businessObject: Bo; labelTarget?: unknown; waypoints?: unknown[]; source?: Shape; target?: Shape; x: number; y: number; width: number; height: number }
interface Registry { filter(see: (shape: Shape) => boolean): Shape[]; get(id: string): Shape | undefined; getGraphics(shape: Shape): SVGElement }
interface Canvas { addMarker(id: string, name: string): void; zoom(to: string): void; getLayer(name: string, index?: number): SVGElement; viewbox(box?: object): { inner: { x: number; y: number; width: number; height: number }; outer: { width: number; height: number } } }

const WITHOUT = new Set(["$parent", "incoming", "outgoing", "lanes", "di", "flowNodeRef", "flowElements", "laneSets", "artifacts", "categoryValueRef"]);

/** Everything an element states but its place, as text. */
function told(bo: Bo, depth = 0): string {
  if (depth > 6) return bo.id;
  // what a foreign namespace says has no description: its attributes, text and children as they are
  if (!bo.$descriptor.properties) return JSON.stringify(bo, (key, value: unknown) => (key === "$parent" ? undefined : value));
  const parts = bo.$descriptor.properties.map((property): string => {
    const name = property.ns.localName;
    if (WITHOUT.has(name)) return "";
    const value = bo.get(property.name);
    if (value === undefined || value === null || (Array.isArray(value) && !value.length)) return "";
    const say = (one: unknown): string => (one && typeof one === "object" && "$type" in one ? ((one as Bo).id && /Ref$|^default$|^attachedTo/.test(name) ? (one as Bo).id : told(one as Bo, depth + 1)) : String(one));
    return `${name}=${Array.isArray(value) ? value.map(say).join("|") : say(value)}`;
  });
  return `${bo.$type}{${[...parts.filter(Boolean), JSON.stringify(bo.$attrs ?? {})].join(";")}}`;
}

async function view(container: HTMLElement, url: string): Promise<NavigatedViewer> {
  const c = colours("surface", "ink", "ink-2");
  const viewer = new NavigatedViewer({
    container,
    moddleExtensions: { orderway: descriptor },
    bpmnRenderer: { defaultFillColor: c.surface, defaultStrokeColor: c["ink-2"], defaultLabelColor: c.ink },
    textRenderer: { defaultStyle: { fontFamily: "Inter Variable", fontSize: 12, lineHeight: 1.25 }, externalStyle: { fontSize: 11 } },
  });
  await viewer.importXML(withDrawing(await (await fetch(url)).text()));
  return viewer;
}

/** What people call an element; a way by what it joins, and `unnamed` for what has no name. */
function named(shape: Shape, unnamed: string): string {
  const name = shape.businessObject.name?.replace(/\s+/g, " ").trim() ?? "";
  if (!shape.source || !shape.target) return name || unnamed;
  const way = `${named(shape.source, unnamed)} → ${named(shape.target, unnamed)}`;
  return name ? `${way} (${name})` : way;
}

export async function mountDifference(root: HTMLElement): Promise<void> {
  await document.fonts.ready;
  const newer = await view(root, root.dataset.newUrl ?? "");
  const canvas = newer.get<Canvas>("canvas");
  const fit = (): void => {
    const { inner, outer } = canvas.viewbox();
    const scale = Math.min((outer.width - 32) / inner.width, (outer.height - 52) / inner.height, 1.25);
    const width = outer.width / scale, height = outer.height / scale;
    canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - 16 / scale, width, height });
  };
  fit();
  const list = document.querySelector<HTMLElement>("[data-differences]");
  if (!root.dataset.oldUrl || !list) {
    root.dataset.ready = "1";
    return;
  }
  const hidden = document.createElement("div");
  hidden.className = "unseen";
  document.body.append(hidden);
  const older = await view(hidden, root.dataset.oldUrl);
  const seen = (shape: Shape): boolean => !shape.labelTarget && !/^bpmn:(Collaboration|Process)$/.test(shape.type);
  const now = newer.get<Registry>("elementRegistry"), then = older.get<Registry>("elementRegistry");
  const found: [mark: "added" | "changed" | "removed", shape: Shape][] = [];
  for (const shape of now.filter(seen)) {
    const before = then.get(shape.id);
    if (!before) found.push(["added", shape]);
    else if (told(before.businessObject) !== told(shape.businessObject)) found.push(["changed", shape]);
  }
  for (const shape of then.filter(seen)) if (!now.get(shape.id)) found.push(["removed", shape]);
  const layer = canvas.getLayer("taken-out", 10);
  for (const [mark, shape] of found) {
    if (mark !== "removed") canvas.addMarker(shape.id, mark);
    else {
      const ghost = then.getGraphics(shape).cloneNode(true) as SVGElement;
      ghost.classList.add("removed");
      layer.append(ghost);
    }
  }
  fit();
  const words = list.dataset, unnamed = words.wordUnnamed ?? "";
  const rows = found.map(([mark, shape]) => {
    const row = document.createElement("li"), word = document.createElement("b");
    row.className = mark;
    word.textContent = { added: words.wordAdded, changed: words.wordChanged, removed: words.wordRemoved }[mark] ?? "";
    const name = named(shape, unnamed), before = then.get(shape.id), old = before && named(before, unnamed);
    row.append(word, ` ${name}`, mark === "changed" && old && old !== name ? ` (${say(words.wordBefore ?? "", { name: old })})` : "");
    return row;
  });
  older.destroy();
  hidden.remove();
  const all = document.createElement("ul");
  all.append(...rows);
  list.replaceChildren(all);
  if (!rows.length) list.textContent = words.wordNone ?? "";
  list.hidden = false;
  root.dataset.ready = "1";
}
