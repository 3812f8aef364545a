import Modeler from "bpmn-js/lib/Modeler";
import KeyboardBindings from "diagram-js/lib/features/keyboard/KeyboardBindings";
import descriptor from "../../../../workflow/orderway.moddle.json";
import { withDrawing } from "../undrawn";
import { keepFigures, keepReferences, keepStatedDefaults, leftOut, withReturns } from "./writing.mjs";
import { type Bo, type Bus, type El, type Factory, type Making, type Moddle, type Modeling, type Registry, whole } from "./kinds";

// The drawing surface: bpmn-js without its palette, with our own few handles beside the chosen element.
interface Pads { registerProvider(provider: object): void }
interface Connecting { start(event: Event, element: El): void }

/** Which kinds can be pulled out of an element, with the sprite's icon. */
const PULLED: [what: string, type: string, icon: string][] = [
  ["work", "bpmn:UserTask", "user-check"], ["step", "bpmn:ServiceTask", "bolt"],
  ["decision", "bpmn:ExclusiveGateway", "git-branch"], ["end", "bpmn:EndEvent", "circle-x"],
];

function mark(icon: string): string {
  const href = document.querySelector("svg use")?.getAttribute("href")?.split("#")[0] ?? "";
  return `<div class="entry"><svg class="icon" width="16" height="16" aria-hidden="true"><use href="${href}#${icon}"></use></svg></div>`;
}

function pad(words: DOMStringMap) {
  class Handles {
    static $inject = ["contextPad", "modeling", "connect", "create", "elementFactory", "autoPlace"];
    constructor(pads: Pads, private modeling: Modeling, private connecting: Connecting, private making: Making, private factory: Factory, private placing: { append(source: El, shape: El): void }) {
      pads.registerProvider(this);
    }
    getMultiElementContextPadEntries(elements: El[]): object {
      return this.getContextPadEntries(elements[0] as El, elements);
    }
    getContextPadEntries(chosen: El, elements: El[] = [chosen]): object {
      const entries: Record<string, object> = {};
      const one = elements.length === 1;
      const element = whole(chosen); // beside a step's words stands what stands beside the step
      if (one && element.businessObject.$instanceOf("bpmn:FlowNode") && element.type !== "bpmn:EndEvent") {
        for (const [what, type, icon] of PULLED) {
          const make = (): El => this.factory.createShape({ type });
          entries[`append.${what}`] = {
            group: "append", html: mark(icon), title: words[`word${what[0]?.toUpperCase()}${what.slice(1)}`] ?? what,
            action: { click: () => this.placing.append(element, make()), dragstart: (event: Event) => this.making.start(event, make(), { source: element }) },
          };
        }
        const connect = (event: Event): void => this.connecting.start(event, element);
        entries.connect = { group: "connect", html: mark("arrow-right"), title: words.wordConnect, action: { click: connect, dragstart: connect } };
      }
      if (!["bpmn:Participant", "bpmn:Collaboration", "bpmn:Process"].includes(element.type)) {
        entries.delete = { group: "edit", html: mark("trash"), title: words.wordDelete, action: { click: () => this.modeling.removeElements(elements.map(whole)) } };
      }
      return entries;
    }
  }
  return Handles;
}

/** A new surface in `container`; `words` holds what its handles are called. */
export function surface(container: HTMLElement, words: DOMStringMap): Modeler {
  const modeler = new Modeler({
    container,
    keyboard: { bind: true },
    moddleExtensions: { orderway: descriptor },
    // colours by token: the theme may change while one draws
    bpmnRenderer: { defaultFillColor: "var(--surface)", defaultStrokeColor: "var(--ink-2)", defaultLabelColor: "var(--ink)" },
    textRenderer: { defaultStyle: { fontFamily: "Inter Variable", fontSize: 12, lineHeight: 1.25 }, externalStyle: { fontSize: 11 } },
    // letters are the page's own keys; undo, copy, zoom and delete stay with the surface
    additionalModules: [{ __init__: ["contextPadProvider", "keyboardBindings"], keyboardBindings: ["type", KeyboardBindings], contextPadProvider: ["type", pad(words)], paletteProvider: ["value", null],
      // what a file says of its drawing stays as it is: nothing is sorted, moved to planes of its own or left out because it is not shown
      bpmnDiOrdering: ["value", null], subprocessCompatibility: ["value", null] }],
  } as object);
  keepStatedDefaults(modeler.get<Moddle>("moddle"));
  keepFigures(modeler.get<Moddle>("moddle"));
  keepReferences(modeler.get<Moddle>("moddle"));
  return modeler;
}

/** A value that the file states, and what the surface makes of it by itself while nobody changes it. */
interface Touched { on: Bo; name: string; stated: unknown; made: unknown[] }
const touched = new WeakMap<Modeler, Touched[]>();
const SIDES = ["x", "y", "width", "height"] as const;
const SET: [type: string, names: readonly string[]][] = [["dc:Bounds", SIDES], ["bpmndi:BPMNShape", ["isMarkerVisible", "isExpanded", "isHorizontal"]]];
const valueOf = (on: Bo, name: string): unknown => (on as unknown as Record<string, unknown>)[name];

function stated(definitions: Bo): Touched[] {
  const planes = ((definitions.get("diagrams") as Bo[] | undefined) ?? []).map((diagram) => diagram.get("plane") as Bo | undefined);
  const shapes = planes.flatMap((plane) => (plane?.get("planeElement") as Bo[] | undefined) ?? []);
  const parts = shapes.flatMap((shape) => [shape, shape.get("bounds") as Bo | undefined, (shape.get("label") as Bo | undefined)?.get("bounds") as Bo | undefined]);
  return parts.filter((one): one is Bo => !!one).flatMap((on) => (SET.find(([type]) => type === on.$type)?.[1] ?? []).map((name) => ({ on, name, stated: valueOf(on, name), made: [] })));
}

/** Draw a file, and remember what it states itself where the surface makes something else of it: rounds places, sets how high words are. */
export async function open(modeler: Modeler, xml: string): Promise<void> {
  let before: Touched[] = [];
  modeler.get<Bus>("eventBus").on("import.render.start", (event: { definitions: Bo }) => void (before = stated(event.definitions)));
  const { warnings } = await modeler.importXML(withDrawing(xml));
  if (leftOut(warnings)) throw new Error("a part of the file cannot be drawn, and would be lost");
  const shown = new Map<Bo, El>();
  for (const label of modeler.get<Registry>("elementRegistry").filter((element) => !!element.labelTarget)) {
    const bounds = ((label as El & { di: Bo }).di.get("label") as Bo | undefined)?.get("bounds") as Bo | undefined;
    if (bounds) shown.set(bounds, label);
  }
  for (const one of before) {
    const label = shown.get(one.on);
    one.made = [valueOf(one.on, one.name), ...(label ? [label[one.name as (typeof SIDES)[number]]] : [])];
  }
  touched.set(modeler, before.filter((one) => one.made.some((made) => made !== one.stated)));
}

/** The file as it is drawn now. What only the surface changed, and nobody who draws, is written as the file stated it. */
export async function fileOf(modeler: Modeler): Promise<string> {
  const kept = (touched.get(modeler) ?? []).filter((one) => one.made.includes(valueOf(one.on, one.name))).map((one) => ({ ...one, now: valueOf(one.on, one.name) }));
  for (const one of kept) one.on.set(one.name, one.stated);
  try {
    const { xml } = await modeler.saveXML({ format: true });
    return withReturns(xml ?? "");
  } finally {
    for (const one of kept) if (valueOf(one.on, one.name) === one.stated) one.on.set(one.name, one.now);
  }
}
