import type Modeler from "bpmn-js/lib/Modeler";
import { conditionOf, type FactType, type Known, picked, type Term } from "./conditions";
import { type Bo, type Canvas, DECIDES, type El, isReachable, kindOf, type Moddle, type Modeling, processOf, type Registry, type Selection, stepsOf } from "./kinds";
import { inside } from "./lists";
import { offer, part, valueInput } from "./options";
import type { Parts } from "./properties";

// Ways: where an element goes on to, and when a way is taken.
export class Ways {
  private modeling: Modeling;
  private registry: Registry;
  constructor(private modeler: Modeler, private form: HTMLElement, private parts: Parts, private words: DOMStringMap) {
    this.modeling = modeler.get<Modeling>("modeling");
    this.registry = modeler.get<Registry>("elementRegistry");
  }

  /** What is known where conditions are read: facts of the subject, what was filled in, what was decided, what a table answered. */
  known(element: El): Known[] {
    const process = processOf(element, this.modeler.get<Canvas>("canvas").getRootElement(), this.words.mapKey);
    const facts: Known[] = (this.parts.facts[String(process?.get("orderway:subject") ?? "")] ?? []).map((fact) => ({ ...fact }));
    const outcomes = new Map<string, string>();
    for (const step of this.registry.filter((one) => kindOf(one) === "work" && !one.labelTarget)) {
      for (const one of inside(step.businessObject, "orderway:Outcome")) outcomes.set(String(one.get("name")), String(one.get("label") ?? one.get("name")));
      for (const one of inside(step.businessObject, "orderway:Field")) {
        const type = String(one.get("type") ?? "string");
        const choices = ((one.get("choices") as Bo[] | undefined) ?? []).map((choice): [string, string] => [String(choice.get("value")), String(choice.get("label") ?? choice.get("value"))]);
        const known: Known = { name: String(one.get("name")), type: (["number", "date", "boolean"].includes(type) ? type : "string") as FactType, label: String(one.get("label") ?? one.get("name")) };
        facts.push(type === "choice" ? { ...known, choices } : known);
      }
    }
    for (const step of this.registry.filter((one) => kindOf(one) === "rule" && !one.labelTarget)) {
      const answers = this.parts.answers[String(step.businessObject.get("orderway:decision") ?? "")] ?? [];
      facts.unshift(...answers.filter((one) => !facts.some((known) => known.name === one.name)));
    }
    if (outcomes.size) facts.unshift({ name: "outcome", type: "string", label: this.words.wordOutcome ?? "", choices: [...outcomes] });
    return facts;
  }

  /** The ways out of a step, and the choice of where another one may lead. */
  showOut(element: El, name: (element: El) => string): void {
    const list = part(this.form, "[data-ways]");
    list.replaceChildren();
    for (const way of element.outgoing.filter((one) => one.type === "bpmn:SequenceFlow")) {
      const row = document.createElement("li");
      const open = document.createElement("button");
      open.type = "button";
      open.className = "link";
      const says = way.businessObject.name ?? "";
      open.textContent = `${way.target ? name(way.target) : ""}${says ? ` (${says})` : ""}`;
      open.addEventListener("click", () => {
        this.modeler.get<Selection>("selection").select(way);
        part(this.form, "#p-name").focus(); // what was pressed is gone with the step's own form
      });
      const when = document.createElement("span");
      when.textContent = this.when(element, way);
      row.append(open, ...(when.textContent ? [when] : []));
      list.append(row);
    }
    const there = new Set(element.outgoing.map((way) => way.target));
    const targets = stepsOf(this.registry).filter((one) => one !== element && isReachable(one) && !there.has(one) && one.parent === (element.host ?? element).parent);
    offer(part(this.form, "#p-connect"), targets.map((one) => [one.id, name(one)] as const), "", this.words.wordConnect);
  }

  /** When a way out is taken, in words. */
  private when(source: El, way: El): string {
    if (source.businessObject.get("default") === way.businessObject) return this.words.wordOtherwise ?? "";
    const text = String((way.businessObject.get("conditionExpression") as Bo | undefined)?.get("body") ?? "");
    if (!text) return DECIDES.includes(kindOf(source)) ? (this.words.wordNoCondition ?? "") : "";
    const known = this.known(way), found = picked(text);
    const how = document.querySelector<HTMLTemplateElement>("#row-term")?.content.querySelector<HTMLSelectElement>("[data-operator]");
    const words = found?.terms.map(({ fact, operator, value }) => {
      const asked = known.find((one) => one.name === fact);
      const told = asked?.choices?.find(([one]) => one === value)?.[1] ?? { true: this.words.wordYes, false: this.words.wordNo }[value] ?? value;
      return [asked?.label ?? fact, [...(how?.options ?? [])].find((one) => one.value === operator)?.text ?? operator, told].join(" ");
    });
    return words?.join(found?.joined === "or" ? " / " : ", ") ?? text;
  }

  connect(element: El, target: string): void {
    const to = this.registry.get(target);
    if (to) this.modeling.connect(element, to, { type: "bpmn:SequenceFlow" });
  }

  /** When a way is taken: "otherwise", terms, or text. */
  showCondition(way: El): void {
    const source = way.source as El;
    const decides = DECIDES.includes(kindOf(source));
    const text = String((way.businessObject.get("conditionExpression") as Bo | undefined)?.get("body") ?? "");
    const isDefault = source.businessObject.get("default") === way.businessObject;
    part<HTMLInputElement>(this.form, "#p-default").checked = isDefault;
    part(this.form, "[data-default]").hidden = !decides;
    part(this.form, "[data-only-decisions]").hidden = decides;
    const terms = picked(text);
    const asText = part<HTMLDetailsElement>(this.form, "[data-as-text]");
    asText.hidden = isDefault || (!decides && !text);
    if (!terms) asText.open = true;
    part<HTMLTextAreaElement>(this.form, "#p-condition").value = text;
    part(this.form, "[data-term-tools]").hidden = !decides || isDefault || !terms;
    const list = part(this.form, "[data-terms]");
    list.replaceChildren();
    list.hidden = isDefault;
    part<HTMLSelectElement>(this.form, "[data-joined]").value = terms?.joined ?? "and";
    part<HTMLSelectElement>(this.form, "[data-joined]").hidden = (terms?.terms.length ?? 0) < 2;
    if (!decides || isDefault || !terms) return;
    for (const term of terms.terms) this.addTerm(way, term);
    if (!terms.terms.length) this.addTerm(way);
  }

  addTerm(way: El, term: Term = { fact: "", operator: "=", value: "" }): void {
    const mould = document.querySelector<HTMLTemplateElement>("#row-term");
    const row = mould?.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const known = this.known(way);
    offer(part(row, "[data-fact]"), known.map((one) => [one.name, one.label] as const), term.fact);
    part<HTMLSelectElement>(row, "[data-operator]").value = term.operator;
    this.drawValue(row, known, term.value);
    part(this.form, "[data-terms]").append(row);
  }

  private drawValue(row: HTMLElement, known: Known[], value: string): void {
    const fact = known.find((one) => one.name === part<HTMLSelectElement>(row, "[data-fact]").value);
    const several = part<HTMLSelectElement>(row, "[data-operator]").value === "in";
    const choices = several ? undefined : fact?.type === "boolean" ? ([["true", this.words.wordYes ?? ""], ["false", this.words.wordNo ?? ""]] as const) : fact?.choices;
    part(row, "[data-value]").replaceChildren(valueInput(several ? "string" : (fact?.type ?? "string"), value, choices, fact?.label ?? ""));
  }

  /** Something in the terms was changed: write the condition. */
  termsChanged(way: El, target: Element): void {
    const known = this.known(way);
    const rows = [...this.form.querySelectorAll<HTMLElement>("[data-terms] > li")];
    const row = target.closest<HTMLElement>("li");
    if (row && target.matches("[data-fact], [data-operator]")) this.drawValue(row, known, row.querySelector<HTMLInputElement>("[data-value] .input")?.value ?? "");
    const terms = rows.map((one): Term => ({
      fact: part<HTMLSelectElement>(one, "[data-fact]").value,
      operator: part<HTMLSelectElement>(one, "[data-operator]").value,
      value: one.querySelector<HTMLInputElement>("[data-value] .input")?.value ?? "",
    }));
    const ready = terms.filter((term) => term.fact && term.value !== "");
    if (ready.length < terms.length && target.matches("[data-fact], [data-operator]")) return; // the value is still to come
    this.nameBy(way, ready, known);
    this.write(way, conditionOf({ terms: ready, joined: part<HTMLSelectElement>(this.form, "[data-joined]").value as "and" | "or" }, known));
  }

  /** A way that is taken for one choice is called like it, unless people called it something else. */
  private nameBy(way: El, terms: Term[], known: Known[]): void {
    const only = terms.length === 1 && terms[0]?.operator === "=" ? terms[0] : undefined;
    const choices = known.find((one) => one.name === only?.fact)?.choices ?? [];
    const label = choices.find(([value]) => value === only?.value)?.[1], now = way.businessObject.name ?? "";
    if (label && label !== now && (!now || choices.some(([, words]) => words === now))) this.modeling.updateProperties(way, { name: label });
  }

  write(way: El, text: string): void {
    const body = text.trim();
    const before = String((way.businessObject.get("conditionExpression") as Bo | undefined)?.get("body") ?? "");
    if (body === before) return;
    const expression = body ? this.modeler.get<Moddle>("moddle").create("bpmn:FormalExpression", { body }) : undefined;
    this.modeling.updateProperties(way, { conditionExpression: expression });
  }

  setDefault(way: El, on: boolean): void {
    const source = way.source as El;
    if (on && way.businessObject.get("conditionExpression")) this.write(way, "");
    this.modeling.updateProperties(source, { default: on ? way.businessObject : undefined });
  }
}
