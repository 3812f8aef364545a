import type Modeler from "bpmn-js/lib/Modeler";
import type { Bo, El, Moddle, Modeling } from "./kinds";
import { offer, type Pair, part } from "./options";

// How often a step is done: once, several times at once or in turn, until all are done or enough have chosen the same.
export interface Repeat { times: string; inTurn?: boolean; until?: string }
const ENOUGH = /^\s*count_(\w+)\s*>=\s*(\d+)\s*$/;
const MANY = "bpmn:MultiInstanceLoopCharacteristics";

function expression(moddle: Moddle, parent: Bo, body: string): Bo {
  const made = moddle.create("bpmn:FormalExpression", { body });
  made.$parent = parent;
  return made;
}

/** The loop marker of an activity. */
export function rounds(moddle: Moddle, activity: Bo, repeat: Repeat): Bo {
  const loop = moddle.create(MANY, { isSequential: repeat.inTurn ?? false });
  loop.$parent = activity;
  if (repeat.times) loop.set("loopCardinality", expression(moddle, loop, repeat.times));
  if (repeat.until) loop.set("completionCondition", expression(moddle, loop, repeat.until));
  return loop;
}

const bodyOf = (loop: Bo | undefined, name: string): string => String((loop?.get(name) as Bo | undefined)?.get("body") ?? "");

export class Rounds {
  private moddle: Moddle;
  constructor(private modeler: Modeler, private form: HTMLElement) {
    this.moddle = modeler.get<Moddle>("moddle");
  }

  /** Show how often a step is done; `outcomes` are what can be chosen in it, `numbers` the names that hold a number. */
  show(bo: Bo, outcomes: Pair[], numbers: Pair[]): void {
    const loop = bo.get("loopCharacteristics") as Bo | undefined;
    const many = loop?.$type === MANY;
    const kind = part<HTMLSelectElement>(this.form, "#p-rounds");
    part<HTMLOptionElement>(kind, "[value=loop]").hidden = !loop || many;
    kind.value = !loop ? "" : !many ? "loop" : loop.get("isSequential") === true ? "turn" : "once";
    part(this.form, "[data-rounds-more]").hidden = !many;
    part<HTMLInputElement>(this.form, "#p-times").value = bodyOf(loop, "loopCardinality");
    part(this.form, "#numbers").replaceChildren(...numbers.map(([value, label]) => new Option(label, value)));
    const until = bodyOf(loop, "completionCondition");
    const enough = ENOUGH.exec(until);
    const pairs = [...outcomes.map(([name, label]): Pair => [`count_${name}`, label])];
    offer(part(this.form, "#p-enough"), pairs, enough ? `count_${enough[1]}` : until, this.form.dataset.wordAll ?? "");
    const number = part<HTMLInputElement>(this.form, "#p-enough-of");
    number.value = enough?.[2] ?? "";
    part(this.form, "[data-enough]").hidden = !enough;
  }

  /** Write what was chosen. */
  take(element: El): void {
    const value = (id: string): string => part<HTMLInputElement | HTMLSelectElement>(this.form, id).value.trim();
    const kind = value("#p-rounds"), chosen = value("#p-enough");
    if (kind === "loop") return;
    const until = /^count_\w+$/.test(chosen) ? `${chosen} >= ${value("#p-enough-of") || "2"}` : chosen;
    const loop = kind ? rounds(this.moddle, element.businessObject, { times: value("#p-times") || "2", inTurn: kind === "turn", until }) : undefined;
    this.modeler.get<Modeling>("modeling").updateProperties(element, { loopCharacteristics: loop });
  }
}
