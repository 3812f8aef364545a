import type Modeler from "bpmn-js/lib/Modeler";
import { type Bo, type Commands, type El, kindOf, type Moddle, type Modeling, type Point, type Registry } from "./kinds";
import { lay, type Box, type Way } from "./layout";

// "Tidy up": every pool of the drawing laid out anew as one step of undo. What belongs together stays together; nothing else changes.
const HEAD = 30, LABEL = 90;
interface Bounds { x: number; y: number; width: number; height: number }
/** `points` and `drawn` are what the file says, to be put back exactly: the surface rounds what it shows. */
interface Change { element: El; bounds?: Bounds; waypoints?: Point[]; points?: Bo[]; drawn?: Bounds }
const SIDES = ["x", "y", "width", "height"] as const;

function sides(of: Bounds): Bounds {
  return { x: of.x, y: of.y, width: of.width, height: of.height };
}

function put(change: Change): Change {
  const { element } = change;
  const di = (element as El & { di: Bo }).di;
  const before: Change = { element };
  if (change.waypoints) {
    before.waypoints = element.waypoints?.map((point) => ({ ...point }));
    element.waypoints = change.waypoints.map((point) => ({ ...point }));
    const points = di.get("waypoint") as Bo[];
    before.points = [...points];
    points.splice(0, points.length, ...(change.points ?? change.waypoints.map((point) => made(point, di))));
  }
  if (change.bounds) {
    before.bounds = sides(element);
    Object.assign(element, change.bounds);
    const holder = element.labelTarget ? (di.get("label") as Bo | undefined) : di;
    const bounds = holder?.get("bounds") as Bo | undefined;
    if (bounds) before.drawn = sides({ x: bounds.get("x") as number, y: bounds.get("y") as number, width: bounds.get("width") as number, height: bounds.get("height") as number });
    for (const side of SIDES) bounds?.set(side, (change.drawn ?? change.bounds)[side]);
  }
  return before;
}

function made(point: Point, di: Bo): Bo {
  const fresh = moddle.create("dc:Point", { x: point.x, y: point.y });
  fresh.$parent = di;
  return fresh;
}
let moddle: Moddle;

class Tidy {
  static $inject = ["modeling", "elementRegistry"];
  constructor(private modeling: Modeling, private registry: Registry) {}
  /** Messages between pools find their own way again, in the same step of undo. */
  postExecute(): void {
    for (const line of this.registry.filter((one) => one.type === "bpmn:MessageFlow")) this.modeling.layoutConnection(line);
  }
  execute(context: { changes: Change[]; before?: Change[] }): El[] {
    context.before = context.changes.map(put);
    return context.changes.map((change) => change.element);
  }
  revert(context: { changes: Change[]; before?: Change[] }): El[] {
    (context.before ?? []).slice().reverse().forEach(put);
    return context.changes.map((change) => change.element);
  }
}

function labelAt(element: El, place: Bounds, headed: boolean): Bounds {
  const label = element.label as El;
  const width = Math.max(label.width, LABEL), height = label.height;
  const x = Math.round(place.x + place.width / 2 - width / 2);
  // a way leaves from the head: the words stand left of it
  if (/Gateway$/.test(element.type)) return { x: headed ? x - Math.round(width / 2) + 4 : x, y: place.y - height - 4, width, height };
  if (element.host) return { x: place.x + place.width + 2, y: place.y + place.height - 2, width, height };
  return { x, y: place.y + place.height + 4, width, height };
}

function everything(element: El): El[] {
  return (element.children ?? []).flatMap((child) => [child, ...everything(child)]);
}

function pool(container: El, top: number, registry: Registry): [changes: Change[], height: number] {
  const lanes = registry.filter((one) => one.type === "bpmn:Lane" && isIn(one, container) && !one.businessObject.get("childLaneSet")).sort((a, b) => a.y - b.y);
  const children = (container.children ?? []).filter((one) => !one.labelTarget);
  const nodes = children.filter((one) => one.businessObject.$instanceOf("bpmn:FlowNode") && !one.waypoints);
  const laneOf = (node: El): number => Math.max(0, lanes.findIndex((lane) => (lane.businessObject.get("flowNodeRef") as Bo[]).includes((node.host ?? node).businessObject)));
  const boxes = nodes.map((node): Box => ({ id: node.id, width: node.width, height: node.height, lane: laneOf(node), ...(node.host ? { host: node.host.id } : {}) }));
  const flows = children.filter((one) => one.type === "bpmn:SequenceFlow" && one.source && one.target);
  const ways = flows.map((flow): Way => ({ id: flow.id, source: (flow.source as El).id, target: (flow.target as El).id, main: isMain(flow) }));
  if (!boxes.length) return [[], container.height];
  const laid = lay(boxes, ways, lanes.length);
  const framed = container.type === "bpmn:Participant";
  const left = framed ? container.x + HEAD : 160;
  const changes: Change[] = [];
  const height = laid.lanes.reduce((sum, lane) => sum + lane.height, 0);
  const width = Math.max(laid.width + (lanes.length ? HEAD : 0), 600);
  const inner = left;
  if (framed) changes.push({ element: container, bounds: { x: container.x, y: top, width: width + HEAD, height } });
  lanes.forEach((lane, n) => changes.push({ element: lane, bounds: { x: left, y: top + (laid.lanes[n]?.y ?? 0), width, height: laid.lanes[n]?.height ?? lane.height } }));
  const by = new Map<string, Point>();
  for (const node of nodes) {
    const at = laid.at.get(node.id);
    if (!at) continue;
    const bounds = { x: inner + at.x, y: top + at.y, width: node.width, height: node.height };
    by.set(node.id, { x: bounds.x - node.x, y: bounds.y - node.y });
    changes.push({ element: node, bounds });
    if (node.label) changes.push({ element: node.label, bounds: labelAt(node, bounds, laid.headed.has(node.id)) });
    for (const child of everything(node)) changes.push(moved(child, by.get(node.id) as Point));
  }
  for (const flow of flows) {
    const waypoints = (laid.ways.get(flow.id) ?? []).map((point) => ({ x: inner + point.x, y: top + point.y }));
    if (waypoints.length < 2) continue;
    changes.push({ element: flow, waypoints });
    const anchor = laid.labels.get(flow.id);
    if (flow.label && anchor) {
      const { height } = flow.label;
      changes.push({ element: flow.label, bounds: { x: inner + anchor.x, y: top + anchor.y - (anchor.up ? height : 0), width: 60, height } });
    }
  }
  // notes and papers go with what they are tied to
  for (const other of children.filter((one) => !nodes.includes(one) && !flows.includes(one) && !one.waypoints && one.type !== "bpmn:Lane")) {
    const tied = [...other.incoming, ...other.outgoing].map((line) => by.get((line.source === other ? line.target : line.source)?.id ?? "")).find(Boolean);
    if (!tied) continue;
    changes.push(moved(other, tied));
    if (other.label) changes.push(moved(other.label, tied));
    for (const line of [...other.incoming, ...other.outgoing]) changes.push(moved(line, tied));
  }
  return [changes, height];
}

function moved(element: El, by: Point): Change {
  return element.waypoints
    ? { element, waypoints: element.waypoints.map((point) => ({ x: point.x + by.x, y: point.y + by.y })) }
    : { element, bounds: { x: element.x + by.x, y: element.y + by.y, width: element.width, height: element.height } };
}

function isIn(element: El, container: El): boolean {
  for (let at = element.parent; at; at = at.parent) if (at === container) return true;
  return false;
}

/** The way that goes straight on: the only one, or the one taken otherwise. */
function isMain(flow: El): boolean {
  const source = flow.source as El;
  if (source.host) return false;
  const out = source.outgoing.filter((one) => one.type === "bpmn:SequenceFlow");
  const chosen = source.businessObject.get("default");
  return out.length === 1 || (kindOf(source) === "decision" && chosen ? chosen === flow.businessObject : out[0] === flow);
}

const known = new WeakSet<object>();

/** Lay the whole drawing out anew; one undo takes it back. */
export function tidyUp(modeler: Modeler): void {
  const commands = modeler.get<Commands>("commandStack"), registry = modeler.get<Registry>("elementRegistry");
  moddle = modeler.get<Moddle>("moddle");
  if (!known.has(modeler)) {
    known.add(modeler);
    commands.registerHandler("orderway.tidy", Tidy);
  }
  const pools = registry.filter((one) => one.type === "bpmn:Participant").sort((a, b) => a.y - b.y);
  const root = modeler.get<{ getRootElement(): El }>("canvas").getRootElement();
  const changes: Change[] = [];
  let top = pools[0]?.y ?? 80;
  for (const container of pools.length ? pools : [root]) {
    const [made, height] = pool(container, top, registry);
    changes.push(...made);
    top += height + 40;
  }
  commands.execute("orderway.tidy", { changes });
}
