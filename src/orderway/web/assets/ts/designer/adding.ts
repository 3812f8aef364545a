import type Modeler from "bpmn-js/lib/Modeler";
import { type Bo, type Canvas, type El, type Factory, type Making, type Moddle, type Modeling, type Placing, type Point, type Registry, type Selection, isReachable, kindOf, leadsOn, PARTS, stepsOf, whole } from "./kinds";
import { rounds } from "./rounds";

// Adding by a click, a key or a pull: what is added comes after the chosen element and is chosen then.
interface Room { calculateAdjustments(elements: El[], axis: "x", delta: number, start: number): { movingShapes: El[]; resizingShapes: El[] }; makeSpace(moving: El[], resizing: El[], delta: Point, direction: string, start: number): void }
const TYPES: Record<string, string> = {
  work: "bpmn:UserTask", step: "bpmn:ServiceTask", decision: "bpmn:ExclusiveGateway", together: "bpmn:ParallelGateway", call: "bpmn:CallActivity",
  several: "bpmn:InclusiveGateway", race: "bpmn:EventBasedGateway", rule: "bpmn:BusinessRuleTask", sub: "bpmn:SubProcess", votes: "bpmn:UserTask",
  hear: "bpmn:IntermediateCatchEvent", give: "bpmn:IntermediateThrowEvent", escalate: "bpmn:IntermediateThrowEvent", escalated: "bpmn:BoundaryEvent",
  end: "bpmn:EndEvent", wait: "bpmn:IntermediateCatchEvent", timer: "bpmn:IntermediateCatchEvent", refused: "bpmn:BoundaryEvent", note: "bpmn:TextAnnotation",
};
const EVENTS: Record<string, string> = { wait: "bpmn:MessageEventDefinition", timer: "bpmn:TimerEventDefinition", refused: "bpmn:ErrorEventDefinition",
  hear: "bpmn:SignalEventDefinition", give: "bpmn:SignalEventDefinition", escalate: "bpmn:EscalationEventDefinition", escalated: "bpmn:EscalationEventDefinition" };
const BORDERS: Record<string, string[]> = { refused: ["step"], escalated: ["sub", "call"] }; // what may stand at the border of what
const STEP = 150; // from one step's left edge to the next one's

export class Adding {
  private canvas: Canvas;
  private modeling: Modeling;
  private registry: Registry;
  private selection: Selection;
  constructor(private modeler: Modeler, private labels: (command: string) => string, private refuse: (word: string) => void) {
    this.canvas = modeler.get<Canvas>("canvas");
    this.modeling = modeler.get<Modeling>("modeling");
    this.registry = modeler.get<Registry>("elementRegistry");
    this.selection = modeler.get<Selection>("selection");
  }

  /** A new shape for a word of the palette: "work", "step:orders.confirm" … */
  shape(what: string): El {
    const [word = "", command = ""] = what.split(":");
    const moddle = this.modeler.get<Moddle>("moddle");
    const businessObject = this.modeler.get<{ create(type: string, attributes?: object): Bo }>("bpmnFactory").create(TYPES[word] ?? "bpmn:Task");
    if (command) {
      businessObject.set("orderway:command", command);
      businessObject.set("name", this.labels(command));
    }
    if (EVENTS[word]) {
      const definition = moddle.create(EVENTS[word]);
      definition.$parent = businessObject;
      businessObject.set("eventDefinitions", [definition]);
    }
    if (word === "votes") businessObject.set("loopCharacteristics", rounds(moddle, businessObject, { times: "3" }));
    return this.modeler.get<Factory>("elementFactory").createShape({ type: TYPES[word] ?? "bpmn:Task", businessObject, ...(word === "sub" ? { isExpanded: true } : {}) });
  }

  /** Pull it with the pointer to where it belongs. */
  pull(event: Event, what: string): void {
    if (what !== "lane") this.modeler.get<Making>("create").start(event, this.shape(what));
  }

  /** Add after the chosen element (into the chosen way), or where it fits. Answers what was added. */
  add(what: string): El | undefined {
    const first = this.selection.get()[0];
    const chosen = first && whole(first);
    const added = what === "lane" ? this.lane(chosen) : BORDERS[what] ? this.border(what, chosen) : what === "note" ? this.beside(chosen) : this.after(what, chosen);
    if (added && what === "sub") this.fill(added);
    if (added) {
      this.selection.select(added);
      this.canvas.scrollToElement(added, 60);
    }
    return added;
  }

  private after(what: string, chosen: El | undefined): El {
    const shape = this.shape(what);
    if (chosen && kindOf(chosen) === "flow") return this.into(shape, chosen);
    const source = chosen && leadsOn(chosen) ? chosen : this.openEnd();
    if (!source) return this.modeling.createShape(shape, this.middle(), this.pool());
    const way = source.outgoing.find((one) => one.type === "bpmn:SequenceFlow");
    const splits = PARTS.includes(kindOf(source));
    if (way && !splits && isReachable(shape)) return this.into(shape, way);
    return this.modeler.get<Placing>("autoPlace").append(source, shape);
  }

  /** The last step, in reading order, that leads nowhere yet. */
  private openEnd(): El | undefined {
    return stepsOf(this.registry).filter((element) => leadsOn(element) && !element.outgoing.length && !element.host).at(-1);
  }

  /** Between two: what follows makes room. */
  private into(shape: El, way: El): El {
    const source = way.source as El, target = way.target as El;
    if (shape.type === "bpmn:EndEvent") return this.modeler.get<Placing>("autoPlace").append(source, shape);
    const gap = target.x - (source.x + source.width);
    if (gap >= 0 && gap < shape.width + 100) {
      const room = this.modeler.get<Room>("spaceTool");
      const start = source.x + source.width + gap / 2;
      const delta = Math.max(STEP, shape.width + 50) - (gap > 80 ? 40 : 0);
      const { movingShapes, resizingShapes } = room.calculateAdjustments(this.registry.filter((one) => one !== this.canvas.getRootElement() && !one.waypoints), "x", delta, start);
      room.makeSpace(movingShapes, resizingShapes, { x: delta, y: 0 }, "e", start);
    }
    const at = { x: Math.round((source.x + source.width + target.x) / 2), y: source.y + source.height / 2 };
    const far = target.x < source.x + source.width;
    const place = far ? { x: source.x + source.width + 50 + shape.width / 2, y: at.y } : at;
    const added = this.modeling.createShape(shape, place, source.parent as El);
    this.modeling.reconnectEnd(way, added, { x: added.x, y: added.y + added.height / 2 });
    if (shape.type !== "bpmn:EndEvent") this.modeling.connect(added, target, { type: "bpmn:SequenceFlow" });
    this.modeling.layoutConnection(way);
    return added;
  }

  /** A part of its own begins and ends inside. */
  private fill(sub: El): void {
    const y = sub.y + sub.height / 2;
    const begin = this.modeling.createShape({ type: "bpmn:StartEvent" }, { x: sub.x + 50, y }, sub);
    const end = this.modeling.createShape({ type: "bpmn:EndEvent" }, { x: sub.x + sub.width - 50, y }, sub);
    this.modeling.connect(begin, end, { type: "bpmn:SequenceFlow" });
  }

  private border(what: string, chosen: El | undefined): El | undefined {
    if (!chosen || !BORDERS[what]?.includes(kindOf(chosen))) {
      this.refuse(what === "refused" ? "noStep" : "noPart");
      return undefined;
    }
    const at = { x: chosen.x + chosen.width * 0.75, y: chosen.y + chosen.height };
    return this.modeling.createShape(this.shape(what), at, chosen, { attach: true });
  }

  private beside(chosen: El | undefined): El {
    const shape = this.shape("note");
    if (!chosen || chosen.waypoints || !chosen.businessObject.$instanceOf("bpmn:FlowNode")) return this.modeling.createShape(shape, this.middle(), this.pool());
    return this.modeler.get<Placing>("autoPlace").append(chosen, shape, { connection: { type: "bpmn:Association" } });
  }

  /** A department below the others. */
  lane(chosen?: El): El | undefined {
    let pool: El | undefined = chosen;
    while (pool && pool.type !== "bpmn:Participant") pool = pool.parent;
    pool ??= this.registry.filter((element) => element.type === "bpmn:Participant")[0];
    return pool ? this.modeling.addLane(pool, "bottom") : undefined;
  }

  /** Whether anything may still begin here. */
  private pool(): El {
    return this.registry.filter((element) => element.type === "bpmn:Participant")[0] ?? this.canvas.getRootElement();
  }

  private middle(): Point {
    const box = this.canvas.viewbox();
    return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  }
}
