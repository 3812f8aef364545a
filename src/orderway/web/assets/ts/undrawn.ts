import { lay, type Box, type Laid, type Way } from "./designer/layout";

// A file that says what happens but not where it stands on the paper (BPMN DI, OMG BPMN 2.0.2 clause 12) is laid out here, so that every
// map has a picture. A file with a drawing of its own is left as it is.
const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const DI = "http://www.omg.org/spec/BPMN/20100524/DI";
const NODE = /[Tt]ask$|Event$|Gateway$|^(subProcess|transaction|adHocSubProcess|callActivity)$/;
const LEFT = 160, TOP = 80, HEAD = 30, BETWEEN = 40, RIM = 20;
interface Bounds { x: number; y: number; width: number; height: number }
interface Plan { width: number; height: number; lanes: Element[]; put(x: number, y: number): string }

const of = (within: Element, name: RegExp | string): Element[] =>
  [...within.children].filter((one) => one.namespaceURI === BPMN && (typeof name === "string" ? one.localName === name : name.test(one.localName)));
const idOf = (element: Element): string => element.getAttribute("id") ?? "";
const words = (text: string): string => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function box(at: Bounds): string {
  return `<dc:Bounds x="${at.x}" y="${at.y}" width="${at.width}" height="${at.height}"/>`;
}

function shape(id: string, at: Bounds, more = "", label?: Bounds): string {
  const named = label ? `<di:BPMNLabel>${box(label)}</di:BPMNLabel>` : "";
  return `<di:BPMNShape id="${words(id)}_shape" bpmnElement="${words(id)}"${more}>${box(at)}${named}</di:BPMNShape>`;
}

/** Over a gateway, and left of a way that leaves its head; elsewhere words stand where they always do. */
function label(node: Element | undefined, at: Bounds, headed: boolean): Bounds | undefined {
  if (!node?.getAttribute("name") || !/Gateway$/.test(node.localName)) return undefined;
  return { x: at.x + at.width / 2 - (headed ? 94 : 45), y: at.y - 18, width: 90, height: 14 };
}

function size(node: Element, inside?: Plan): { width: number; height: number } {
  if (/Event$/.test(node.localName)) return { width: 36, height: 36 };
  if (/Gateway$/.test(node.localName)) return { width: 50, height: 50 };
  return inside ? { width: inside.width, height: inside.height + 2 * RIM } : { width: 100, height: 80 };
}

function edges(flows: Element[], laid: Laid, x: number, y: number): string {
  return flows.map((flow) => {
    const points = laid.ways.get(idOf(flow)) ?? [], label = flow.hasAttribute("name") ? laid.labels.get(idOf(flow)) : undefined;
    if (points.length < 2) return "";
    const line = points.map((point) => `<dd:waypoint x="${x + point.x}" y="${y + point.y}"/>`).join("");
    const at = label && `<di:BPMNLabel>${box({ x: x + label.x, y: y + label.y - (label.up ? 14 : 0), width: 60, height: 14 })}</di:BPMNLabel>`;
    return `<di:BPMNEdge id="${words(idOf(flow))}_edge" bpmnElement="${words(idOf(flow))}">${line}${at ?? ""}</di:BPMNEdge>`;
  }).join("");
}

/** The way that goes straight on: the only one of its step, or the one taken otherwise. */
function isMain(flow: Element, flows: Element[], nodes: Map<string, Element>): boolean {
  const source = flow.getAttribute("sourceRef") ?? "", others = flows.filter((one) => one.getAttribute("sourceRef") === source);
  const chosen = nodes.get(source)?.getAttribute("default");
  return others.length === 1 || (chosen ? chosen === idOf(flow) : others[0] === flow);
}

function plan(within: Element): Plan {
  const nodes = new Map(of(within, NODE).map((node) => [idOf(node), node]));
  const flows = of(within, "sequenceFlow");
  const inside = new Map([...nodes].filter(([, node]) => of(node, NODE).length).map(([id, node]) => [id, plan(node)]));
  const lanes = of(within, "laneSet").flatMap((set) => of(set, "lane"));
  const laneOf = new Map(lanes.flatMap((lane, n) => of(lane, "flowNodeRef").map((ref) => [ref.textContent?.trim() ?? "", n])));
  const boxes = [...nodes].map(([id, node]): Box => {
    const host = node.getAttribute("attachedToRef");
    return { id, lane: laneOf.get(host ?? id) ?? 0, ...size(node, inside.get(id)), ...(host ? { host } : {}) };
  });
  const ways = flows.map((flow): Way => ({
    id: idOf(flow), source: flow.getAttribute("sourceRef") ?? "", target: flow.getAttribute("targetRef") ?? "", main: isMain(flow, flows, nodes),
  }));
  const laid = lay(boxes, ways, lanes.length);
  const left = lanes.length ? HEAD : 0, width = laid.width + left;
  const put = (x: number, y: number): string => {
    const bands = lanes.map((lane, n) => shape(idOf(lane), { x, y: y + (laid.lanes[n]?.y ?? 0), width, height: laid.lanes[n]?.height ?? 0 }, ' isHorizontal="true"'));
    const drawn = boxes.map((one) => {
      const at = laid.at.get(one.id) ?? { x: 0, y: 0 }, place = { x: x + left + at.x, y: y + at.y, width: one.width, height: one.height };
      const part = inside.get(one.id);
      const more = part ? ' isExpanded="true"' : nodes.get(one.id)?.localName === "exclusiveGateway" ? ' isMarkerVisible="true"' : "";
      return shape(one.id, place, more, label(nodes.get(one.id), place, laid.headed.has(one.id))) + (part?.put(place.x, place.y + RIM) ?? "");
    });
    return [...bands, ...drawn, edges(flows, laid, x + left, y)].join("");
  };
  return { width, height: laid.lanes.reduce((sum, lane) => sum + lane.height, 0), lanes, put };
}

/** The plane: what it shows (the pools, or the one process) and the places of all of it. */
function plane(root: Element): string {
  const processes = new Map(of(root, "process").map((process) => [idOf(process), process]));
  const together = of(root, "collaboration").find((one) => of(one, "participant").length);
  const [first] = processes.values();
  if (!together) return first ? `<di:BPMNPlane id="drawn_plane" bpmnElement="${words(idOf(first))}">${plan(first).put(LEFT, TOP)}</di:BPMNPlane>` : "";
  let top = TOP;
  const pools = of(together, "participant").map((pool) => {
    const process = processes.get((pool.getAttribute("processRef") ?? "").replace(/^.*:/, ""));
    const made = process && of(process, NODE).length ? plan(process) : undefined;
    const at = { x: LEFT, y: top, width: Math.max(600, (made?.width ?? 0) + HEAD), height: made?.height ?? 80 };
    top += at.height + BETWEEN;
    return shape(idOf(pool), at, ' isHorizontal="true"') + (made?.put(at.x + HEAD, at.y) ?? "");
  });
  return `<di:BPMNPlane id="drawn_plane" bpmnElement="${words(idOf(together))}">${pools.join("")}</di:BPMNPlane>`;
}

/** The file with a drawing: its own, or one that is laid out here where it has none. */
export function withDrawing(xml: string): string {
  const read = new DOMParser().parseFromString(xml, "application/xml"), root = read.documentElement;
  if (root.namespaceURI !== BPMN || read.getElementsByTagNameNS(DI, "BPMNShape").length) return xml;
  const drawn = plane(root);
  if (!drawn) return xml;
  const spaces = `xmlns:di="${DI}" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI"`;
  for (const empty of [...root.children].filter((one) => one.namespaceURI === DI)) empty.remove();
  const diagram = new DOMParser().parseFromString(`<di:BPMNDiagram ${spaces} id="drawn_diagram">${drawn}</di:BPMNDiagram>`, "application/xml");
  root.append(read.importNode(diagram.documentElement, true));
  return new XMLSerializer().serializeToString(read);
}
