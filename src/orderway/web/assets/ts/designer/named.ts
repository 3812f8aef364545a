import type Modeler from "bpmn-js/lib/Modeler";
import type { Bo, El, Moddle, Modeling } from "./kinds";

// What events name at the top of the file: errors and escalations by their code, signals by their name.
const NAMED: Record<string, [type: string, ref: string, key: string]> = {
  "bpmn:ErrorEventDefinition": ["bpmn:Error", "errorRef", "errorCode"],
  "bpmn:EscalationEventDefinition": ["bpmn:Escalation", "escalationRef", "escalationCode"],
  "bpmn:SignalEventDefinition": ["bpmn:Signal", "signalRef", "name"],
};

/** The one event definition of an event. */
export const definitionOf = (bo: Bo): Bo | undefined => (bo.get("eventDefinitions") as Bo[] | undefined)?.[0];

function top(bo: Bo): Bo | undefined {
  let at: Bo | undefined = bo;
  while (at && at.$type !== "bpmn:Definitions") at = at.$parent;
  return at;
}

/** The code or name that an event states. */
export function statedBy(bo: Bo): string {
  const definition = definitionOf(bo);
  const [, ref, key] = NAMED[definition?.$type ?? ""] ?? [];
  return ref && key ? String((definition?.get(ref) as Bo | undefined)?.get(key) ?? "") : "";
}

/** The codes or names that other events of the same kind state. */
export function knownTo(bo: Bo): string[] {
  const [type, , key] = NAMED[definitionOf(bo)?.$type ?? ""] ?? [];
  const roots = (top(bo)?.get("rootElements") as Bo[] | undefined) ?? [];
  return key ? roots.filter((one) => one.$type === type).map((one) => String(one.get(key) ?? "")).filter(Boolean) : [];
}

/** Let an event state a code or name; what it refers to is made where the file has none yet. */
export function state(modeler: Modeler, element: El, value: string): void {
  const bo = element.businessObject, definition = definitionOf(bo);
  const [type, ref, key] = NAMED[definition?.$type ?? ""] ?? [];
  if (!definition || !type || !ref || !key) return;
  const modeling = modeler.get<Modeling>("modeling"), moddle = modeler.get<Moddle>("moddle");
  const file = top(bo), roots = (file?.get("rootElements") as Bo[] | undefined) ?? [];
  let one = roots.find((root) => root.$type === type && root.get(key) === value);
  if (value && !one && file) {
    const base = `${type.replace("bpmn:", "")}_${value.replace(/\W/g, "_")}`;
    const taken = new Set(roots.map((root) => root.id));
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
    one = moddle.create(type, { id, name: value, ...(key === "name" ? {} : { [key]: value }) });
    one.$parent = file;
    modeling.updateModdleProperties(element, file, { rootElements: [...roots, one] });
  }
  modeling.updateModdleProperties(element, definition, { [ref]: value ? one : undefined });
}
