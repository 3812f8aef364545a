// What the designer needs to know of bpmn-js: elements on the canvas, what they stand for, and the services that change them.
export interface Bo {
  $type: string; id: string; name?: string; $parent?: Bo;
  get(name: string): any; // eslint-disable-line -- a moddle element holds whatever its descriptor says
  set(name: string, value: unknown): void;
  $instanceOf(type: string): boolean;
}
export interface Point { x: number; y: number }
export interface El {
  id: string; type: string; businessObject: Bo; x: number; y: number; width: number; height: number;
  parent?: El; children?: El[]; incoming: El[]; outgoing: El[]; source?: El; target?: El; host?: El; attachers?: El[];
  labelTarget?: El; label?: El; waypoints?: Point[]; isHidden?: boolean;
}
export interface Registry { get(id: string): El | undefined; filter(see: (element: El) => boolean): El[]; getAll(): El[] }
export interface Modeling {
  updateProperties(element: El, properties: Record<string, unknown>): void;
  updateModdleProperties(element: El, on: Bo, properties: Record<string, unknown>): void;
  connect(source: El, target: El, attributes?: object): El;
  createShape(shape: object, at: Point, parent: El, hints?: object): El;
  moveElements(elements: El[], by: Point, parent?: El, hints?: object): void;
  resizeShape(shape: El, bounds: { x: number; y: number; width: number; height: number }, minimum?: null, hints?: object): void;
  updateWaypoints(connection: El, waypoints: Point[], hints?: object): void;
  layoutConnection(connection: El, hints?: object): void;
  reconnectEnd(connection: El, target: El, docking: Point): void;
  removeElements(elements: El[]): void;
  addLane(target: El, where: "top" | "bottom"): El;
}
export interface Canvas {
  addMarker(element: El | string, name: string): void; removeMarker(element: El | string, name: string): void;
  getRootElement(): El; zoom(to?: number | "fit-viewport", center?: "auto"): number; scrollToElement(element: El, padding?: number): void;
  viewbox(box?: object): { x: number; y: number; width: number; height: number; inner: { x: number; y: number; width: number; height: number }; outer: { width: number; height: number } };
  focus(): void; getAbsoluteBBox(element: El): { x: number; y: number; width: number; height: number };
}
export interface Selection { get(): El[]; select(elements: El | El[] | null): void }
export interface Bus { on(names: string | string[], priority: number | ((event: any) => void), react?: (event: any) => void): void } // eslint-disable-line
export interface Commands { undo(): void; redo(): void; canUndo(): boolean; canRedo(): boolean; registerHandler(name: string, handler: unknown): void; execute(name: string, context: object): void }
export interface Factory { createShape(attributes: object): El }
export interface Moddle { create(type: string, properties?: object): Bo }
export interface Making { start(event: Event, shape: El, hints?: object): void }
export interface Placing { append(source: El, shape: El, hints?: object): El }
export interface Replacing { replaceElement(element: El, target: object): El }

const EVENT_KINDS: Record<"border" | "throws" | "waits", Record<string, string>> = {
  border: { "bpmn:ErrorEventDefinition": "refused", "bpmn:EscalationEventDefinition": "escalated" },
  throws: { "bpmn:SignalEventDefinition": "give", "bpmn:EscalationEventDefinition": "escalate" },
  waits: { "bpmn:TimerEventDefinition": "timer", "bpmn:MessageEventDefinition": "event", "bpmn:SignalEventDefinition": "hear" },
};
/** Where ways part: what is added after one of these is one more way. */
export const PARTS = ["decision", "together", "several", "race", "other"];
/** Where the ways out have conditions. */
export const DECIDES = ["decision", "several", "other"];

/** What an element is to the people who draw: the word that data-for of the properties form knows. */
export function kindOf(element: El): string {
  const bo = element.businessObject;
  const definition = (bo.get("eventDefinitions") as Bo[] | undefined)?.[0]?.$type ?? "";
  switch (element.type) {
    case "bpmn:Collaboration": case "bpmn:Process": case "bpmn:Participant": return "map";
    case "bpmn:Lane": return "lane";
    case "bpmn:UserTask": return "work";
    case "bpmn:ServiceTask": return "step";
    case "bpmn:CallActivity": return "call";
    case "bpmn:ExclusiveGateway": return "decision";
    case "bpmn:ParallelGateway": return "together";
    case "bpmn:InclusiveGateway": return "several";
    case "bpmn:EventBasedGateway": return "race";
    case "bpmn:BusinessRuleTask": return "rule";
    case "bpmn:SubProcess": return "sub";
    case "bpmn:StartEvent": return "start";
    case "bpmn:EndEvent": return "end";
    case "bpmn:SequenceFlow": return "flow";
    case "bpmn:BoundaryEvent": return EVENT_KINDS.border[definition] ?? "other";
    case "bpmn:IntermediateThrowEvent": return EVENT_KINDS.throws[definition] ?? "other";
    case "bpmn:TextAnnotation": return "note";
    case "bpmn:IntermediateCatchEvent": return EVENT_KINDS.waits[definition] ?? "other";
    default: return "other";
  }
}

/** The process that is drawn: of the pool the element stands in, else the one with this key, else the first or the root. */
export function processOf(element: El | undefined, root: El, key = ""): Bo | undefined {
  for (let at = element; at; at = at.parent) {
    const process = at.businessObject.get("processRef") as Bo | undefined;
    if (process) return process;
  }
  if (root.businessObject.$type === "bpmn:Process") return root.businessObject;
  const pools = (root.businessObject.get("participants") as Bo[] | undefined) ?? [];
  return pools.map((pool) => pool.get("processRef") as Bo | undefined).find((process) => process?.id === key) ??
    (pools[0]?.get("processRef") as Bo | undefined);
}

/** What an element's words belong to, or the element itself: people press on the words and mean the step or the way. */
export const whole = (element: El): El => element.labelTarget ?? element;

/** Whether ways may begin here. */
export const leadsOn = (element: El): boolean => element.businessObject.$instanceOf("bpmn:FlowNode") && !/EndEvent$/.test(element.type);

/** Whether ways may come here. */
export const isReachable = (element: El): boolean =>
  element.businessObject.$instanceOf("bpmn:FlowNode") && !/(StartEvent|BoundaryEvent)$/.test(element.type);

/** The steps of the drawing without its labels, in the order in which ways reach them. */
export function stepsOf(registry: Registry): El[] {
  const all = registry.filter((element) => !element.labelTarget && element.businessObject?.$instanceOf?.("bpmn:FlowNode"));
  const seen = new Set<El>();
  const walk = (element: El): void => {
    if (seen.has(element)) return;
    seen.add(element);
    const next = [...(element.attachers ?? []), ...element.outgoing.map((way) => way.target)].filter((one): one is El => !!one);
    next.sort((a, b) => a.y - b.y).forEach(walk);
  };
  [...all].sort((a, b) => a.x - b.x).filter((element) => element.type === "bpmn:StartEvent").forEach(walk);
  [...all].sort((a, b) => a.x - b.x).forEach(walk);
  return [...seen];
}

/** A name for conditions from what people wrote: letters, digits, _. */
export function plainName(text: string, taken: string[] = []): string {
  const plain = text.toLowerCase().replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").replace(/ß/g, "ss").normalize("NFD")
    .replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40);
  const base = /^[a-z]/.test(plain) ? plain : `x_${plain}`.replace(/_$/, "");
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}_${n}`;
    if (!taken.includes(name)) return name;
  }
}
