import Modeler from "bpmn-js/lib/Modeler";
import KeyboardBindings from "diagram-js/lib/features/keyboard/KeyboardBindings";
import descriptor from "../../../../workflow/orderway.moddle.json";
import { keepStatedDefaults, withReturns } from "./writing.mjs";
import type { El, Making, Factory, Modeling, Moddle } from "./kinds";

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
    getContextPadEntries(element: El, elements: El[] = [element]): object {
      const entries: Record<string, object> = {};
      const one = elements.length === 1;
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
        entries.delete = { group: "edit", html: mark("trash"), title: words.wordDelete, action: { click: () => this.modeling.removeElements([...elements]) } };
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
    additionalModules: [{ __init__: ["contextPadProvider", "keyboardBindings"], keyboardBindings: ["type", KeyboardBindings], contextPadProvider: ["type", pad(words)], paletteProvider: ["value", null] }],
  } as object);
  keepStatedDefaults(modeler.get<Moddle>("moddle"));
  return modeler;
}

/** The file as it is drawn now. */
export async function fileOf(modeler: Modeler): Promise<string> {
  const { xml } = await modeler.saveXML({ format: true });
  return withReturns(xml ?? "");
}
