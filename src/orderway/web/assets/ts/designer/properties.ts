import type Modeler from "bpmn-js/lib/Modeler";
import { say } from "../island";
import { durationOf, lengthOf } from "./conditions";
import { type Bo, type Canvas, type El, kindOf, type Moddle, type Modeling, processOf, type Registry, type Selection, stepsOf, whole } from "./kinds";
import { addRow, fillRows, inside, readRows, replaced } from "./lists";
import { definitionOf, knownTo, state, statedBy } from "./named";
import { offer, type Pair, part, valueInput } from "./options";
import { Rounds } from "./rounds";
import { Ways } from "./ways";

export interface Takes { name: string; type: string; required: boolean; label: string }
interface Typed { name: string; type: "string" | "number" | "boolean" | "date" | "datetime"; label: string }
export interface Parts {
  facts: Record<string, Typed[]>; answers: Record<string, Typed[]>;
  subjects: Pair[]; happenings: Pair[]; departments: Pair[]; maps: Pair[]; decisions: Pair[];
  steps: Record<string, { label: string; about: string; known: boolean; takes: Takes[] }>;
}
type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
const LONGEST = 40;
const NAMES = ["refused", "escalated", "escalate", "hear", "give"], REPEATS = ["work", "step", "rule", "sub", "call"];

/** The form beside the drawing: it shows the chosen element and writes what is changed, each change one step of undo. */
export class Properties {
  private modeling: Modeling;
  private registry: Registry;
  private moddle: Moddle;
  private ways: Ways;
  private rounds: Rounds;
  private element: El | undefined;
  private kind = "map";
  private dirty: Input | undefined;
  private writing = false;

  constructor(private modeler: Modeler, private form: HTMLFormElement, private parts: Parts, private words: DOMStringMap) {
    this.modeling = modeler.get<Modeling>("modeling");
    this.registry = modeler.get<Registry>("elementRegistry");
    this.moddle = modeler.get<Moddle>("moddle");
    this.ways = new Ways(modeler, form, parts, words);
    this.rounds = new Rounds(modeler, form);
    part(form, "#happenings").replaceChildren(...parts.happenings.map(([value, label]) => new Option(label, value)));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      this.dirty = event.target as Input;
      if (this.dirty.id === "p-name") this.tellLong();
    });
    form.addEventListener("change", (event) => this.changed(event.target as Input));
    form.addEventListener("click", (event) => this.clicked(event.target as Element));
    form.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** What people call an element: its name, else its kind. */
  readonly nameOf = (element: El): string => {
    const kind = kindOf(element);
    const word = this.words[`word${kind[0]?.toUpperCase()}${kind.slice(1)}`] ?? this.words.wordOther ?? kind;
    return element.businessObject.name?.replace(/\s+/g, " ") || word;
  };

  /** Write what was typed but not left yet. */
  flush(): void {
    const input = this.dirty;
    if (input?.isConnected) this.changed(input);
  }

  show(chosen: El[]): void {
    this.flush();
    const one = chosen.length === 1 ? chosen[0] : undefined;
    this.element = one ? whole(one) : undefined;
    this.kind = this.element ? kindOf(this.element) : "map";
    if (this.kind === "map") this.element = undefined;
    this.draw(chosen.length);
  }

  /** The drawing changed under the form. */
  refresh(): void {
    if (this.writing) return;
    if (this.element && !this.registry.get(this.element.id)) this.element = undefined;
    if (!this.form.contains(document.activeElement) || !this.dirty) this.draw(this.element ? 1 : 0);
  }

  focusName(): void {
    const input = part<HTMLInputElement>(this.form, "#p-name");
    input.focus();
    input.select();
  }

  private get bo(): Bo | undefined {
    return this.element?.businessObject ?? this.process;
  }

  private get process(): Bo | undefined {
    return processOf(this.element, this.modeler.get<Canvas>("canvas").getRootElement(), this.words.mapKey);
  }

  private draw(chosen: number): void {
    const bo = this.bo;
    this.dirty = undefined;
    for (const place of this.form.querySelectorAll<HTMLElement>("[data-for]")) {
      const kinds = (place.dataset.for ?? "").split(" ");
      place.hidden = chosen > 1 || !(kinds.includes("any") || kinds.includes(this.kind));
    }
    const word = this.words[`word${this.kind[0]?.toUpperCase()}${this.kind.slice(1)}`];
    part(this.form, "[data-what]").textContent = chosen > 1 ? say(this.words.wordMany ?? "", { n: chosen }) : (word ?? this.element?.type.replace("bpmn:", "") ?? "");
    part(this.form, "[data-nothing]").textContent = chosen ? "" : (this.words.wordNothing ?? "");
    if (!bo || chosen > 1) return;
    const subject = String(this.process?.get("orderway:subject") ?? "");
    const value = (name: string): string => String(bo.get(name) ?? "");
    const facts = (this.parts.facts[subject] ?? []).map((fact): Pair => [fact.name, fact.label]);
    const others = this.registry.filter((one) => kindOf(one) === "work" && one !== this.element && !one.labelTarget).map((one): Pair => [one.id, this.nameOf(one)]);
    if (this.kind === "map") offer(part(this.form, "#p-subject"), this.parts.subjects, value("orderway:subject"));
    if (this.kind === "work") {
      offer(part(this.form, "#p-holds"), facts, value("orderway:holds"));
      offer(part(this.form, "#p-same"), others, value("orderway:sameAs"));
      for (const list of this.form.querySelectorAll<HTMLElement>("[data-list]")) fillRows(list, list.dataset.list ?? "", bo);
    }
    if (this.kind === "rule") offer(part(this.form, "#p-decision"), this.parts.decisions, value("orderway:decision"));
    if (this.kind === "call") offer(part(this.form, "#p-called"), this.parts.maps, value("calledElement"));
    if (this.kind === "step") this.drawStep(bo, facts);
    for (const input of this.form.querySelectorAll<Input>("[data-prop]")) {
      const now = bo.get(input.dataset.prop === "name" && this.kind === "note" ? "text" : (input.dataset.prop ?? ""));
      if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = now === true;
      else input.value = typeof now === "string" ? now : "";
    }
    for (const text of this.form.querySelectorAll<HTMLTextAreaElement>("[data-text]")) {
      const found = inside(bo, "orderway:Instruction").find((one) => String(one.get("lang") ?? "") === text.dataset.text);
      text.value = String(found?.get("text") ?? "").trim();
    }
    this.drawLengths(bo);
    this.drawPlace(bo);
    if (this.kind === "event") part(this.form, "[data-about-arrive]").textContent = this.parts.happenings.find(([name]) => name === bo.get("orderway:arrive"))?.[1] ?? "";
    if (NAMES.includes(this.kind)) this.drawNamed(bo);
    if (REPEATS.includes(this.kind)) this.drawRounds(bo);
    for (const box of this.form.querySelectorAll<HTMLInputElement>("[data-role-of]")) box.checked = value(box.dataset.roleOf ?? "").split(" ").includes(box.value);
    if (this.kind === "flow" && this.element) this.ways.showCondition(this.element);
    else if (this.element) this.ways.showOut(this.element, this.nameOf);
    this.tellLong();
  }

  private tellLong(): void {
    part(this.form, "#p-name-long").hidden = part<HTMLInputElement>(this.form, "#p-name").value.length <= LONGEST;
  }

  private drawLengths(bo: Bo): void {
    for (const input of this.form.querySelectorAll<HTMLInputElement>("[data-length]")) {
      const name = input.dataset.length ?? "";
      const text = name === "timer" ? String((definitionOf(bo)?.get("timeDuration") as Bo | undefined)?.get("body") ?? "") : String(bo.get(name) ?? "");
      const length = lengthOf(text);
      input.value = length?.[0] ?? "";
      input.placeholder = length ? "" : text;
      part<HTMLSelectElement>(this.form, `[data-length-unit="${name}"]`).value = length?.[1] ?? "D";
    }
  }

  private lanes(): El[] {
    return this.registry.filter((one) => one.type === "bpmn:Lane" && !one.businessObject.get("childLaneSet"));
  }

  private drawPlace(bo: Bo): void {
    const lanes = this.lanes();
    const there = new Set(lanes.map((lane) => String(lane.businessObject.get("orderway:department") ?? "")));
    const fresh = this.parts.departments.filter(([key]) => !there.has(key));
    if (this.kind === "lane") {
      const key = String(bo.get("orderway:department") ?? "");
      offer(part(this.form, "#p-department"), this.parts.departments, key);
      return;
    }
    const mine = lanes.find((lane) => (lane.businessObject.get("flowNodeRef") as Bo[]).includes(bo));
    const pairs: Pair[] = [...lanes.map((lane): Pair => [lane.id, lane.businessObject.name ?? lane.id]), ...fresh.map(([key, name]): Pair => [`new:${key}`, say(this.words.wordNewDepartment ?? "{name}", { name })])];
    offer(part(this.form, "#p-lane"), pairs, mine?.id ?? "");
  }

  private drawStep(bo: Bo, facts: Pair[]): void {
    const command = String(bo.get("orderway:command") ?? "");
    const [known, other] = [true, false].map((is) => Object.entries(this.parts.steps).filter(([, step]) => step.known === is));
    const order = (known ?? []).map(([name, step]): Pair => [name, step.label]);
    offer(part(this.form, "#p-command"), [...order, ...(other ?? []).map(([name]): Pair => [name, name])], command);
    const step = this.parts.steps[command];
    part(this.form, "[data-about-command]").textContent = step?.about ?? "";
    const given = inside(bo, "orderway:Argument");
    const names = [...new Set([...(step?.takes ?? []).map((one) => one.name), ...given.map((one) => String(one.get("name")))])];
    const place = part(this.form, "[data-arguments]");
    place.hidden = !names.length;
    const fields = this.element ? this.ways.known(this.element).filter((one) => one.name !== "outcome" && !facts.some(([name]) => name === one.name)).map((one): Pair => [one.name, one.label]) : [];
    part(place, "ul").replaceChildren(...names.map((name) => this.argument(name, step?.takes.find((one) => one.name === name), given.find((one) => one.get("name") === name), facts, fields)));
  }

  private argument(name: string, takes: Takes | undefined, given: Bo | undefined, facts: Pair[], fields: Pair[]): HTMLElement {
    const mould = document.querySelector<HTMLTemplateElement>("#row-argument");
    const row = mould?.content.firstElementChild?.cloneNode(true) as HTMLElement;
    row.dataset.argument = name;
    part(row, "[data-label]").textContent = `${takes?.label ?? name}${takes?.required ? " *" : ""}`;
    const source = part<HTMLSelectElement>(row, "[data-source]");
    source.value = ["value", "fact", "field"].find((one) => given?.get(one) !== undefined) ?? "";
    const draw = (): void => {
      const value = String(given?.get(source.value) ?? "");
      const choices = source.value === "fact" ? facts : source.value === "field" ? fields : undefined;
      part(row, "[data-value]").replaceChildren(...(source.value ? [valueInput(takes?.type ?? "string", value, choices, takes?.label ?? name)] : []));
    };
    source.addEventListener("change", draw);
    draw();
    return row;
  }

  /** Run a change of ours: the form does not draw itself anew meanwhile. */
  private write(work: () => void): void {
    this.writing = true;
    try {
      work();
    } finally {
      this.writing = false;
    }
  }

  private set(properties: Record<string, unknown>): void {
    const element = this.element, process = this.process;
    if (element) return this.modeling.updateProperties(element, properties);
    const root = this.modeler.get<Canvas>("canvas").getRootElement();
    const pool = this.registry.filter((one) => one.type === "bpmn:Participant" && one.businessObject.get("processRef") === process)[0];
    if (process) this.modeling.updateModdleProperties(pool ?? root, process, properties);
    const told = Object.fromEntries(Object.entries(properties).filter(([name]) => name === "name" || name === "orderway:de"));
    if (pool && Object.keys(told).length) this.modeling.updateProperties(pool, told);
  }

  private changed(input: Input): void {
    this.dirty = undefined;
    const bo = this.bo;
    if (!bo || !this.form.contains(input)) return;
    this.write(() => this.take(input, bo));
    // what depends on it is drawn anew; lists keep their rows and the place where one types
    if (!input.closest("[data-list], [data-terms], [data-arguments]") && input.dataset.text === undefined) this.draw(this.element ? 1 : 0);
    else if (input.closest("[data-list=outcome]")) this.drawRounds(bo);
    else if (input.closest("[data-terms]")) {
      part<HTMLTextAreaElement>(this.form, "#p-condition").value = String((bo.get("conditionExpression") as Bo | undefined)?.get("body") ?? "");
      part<HTMLInputElement>(this.form, "#p-name").value = bo.name ?? "";
    }
  }

  private take(input: Input, bo: Bo): void {
    const element = this.element;
    const list = input.closest<HTMLElement>("[data-list]");
    const length = input.dataset.length ?? input.dataset.lengthUnit;
    if (list) this.setInside(bo, ...readRows(list, list.dataset.list ?? "", this.moddle));
    else if (input.dataset.prop) this.takeProperty(input, bo);
    else if (input.dataset.text !== undefined) this.takeInstruction(bo);
    else if (length) this.takeLength(length, bo);
    else if (input.closest("[data-arguments]")) this.takeArguments(bo);
    else if (input.closest("[data-rounds]")) this.takeRounds(element);
    else if (input.dataset.roleOf) this.takeRoles(input.dataset.roleOf);
    else if (!element) return;
    else if (input.matches("[data-named]")) state(this.modeler, element, input.value.trim());
    else if (input.id === "p-lane") this.move(element, input.value);
    else if (input.id === "p-department") this.set({ "orderway:department": input.value || undefined, name: this.parts.departments.find(([key]) => key === input.value)?.[1] ?? bo.name });
    else if (input.id === "p-connect") this.ways.connect(element, input.value);
    else if (input.id === "p-default") this.ways.setDefault(element, (input as HTMLInputElement).checked);
    else if (input.id === "p-condition") this.ways.write(element, input.value);
    else if (input.closest("[data-condition]")) this.ways.termsChanged(element, input);
  }

  private takeProperty(input: Input, bo: Bo): void {
    const name = input.dataset.prop === "name" && this.kind === "note" ? "text" : (input.dataset.prop ?? "");
    const box = input instanceof HTMLInputElement && input.type === "checkbox";
    const value = box ? input.checked : input.value.trim() || undefined;
    if ((bo.get(name) ?? undefined) === value) return;
    const more: Record<string, unknown> = { [name]: value };
    const step = name === "orderway:command" ? this.parts.steps[String(value)] : undefined;
    const isOld = Object.values(this.parts.steps).some((one) => one.label === bo.name);
    if (step?.known && (!bo.name || isOld)) more.name = step.label;
    this.set(more);
    if (name === "orderway:arrive" && !bo.name) this.set({ name: this.parts.happenings.find(([key]) => key === value)?.[1] });
  }

  private setInside(bo: Bo, type: string, fresh: Bo[]): void {
    if (this.element) this.modeling.updateProperties(this.element, { extensionElements: replaced(this.moddle, bo, type, fresh) });
  }

  private takeInstruction(bo: Bo): void {
    const texts = [...this.form.querySelectorAll<HTMLTextAreaElement>("[data-text]")];
    const shown = texts.map((text) => text.dataset.text ?? "");
    const kept = inside(bo, "orderway:Instruction").filter((one) => !shown.includes(String(one.get("lang") ?? "")));
    const fresh = texts.filter((text) => text.value.trim()).map((text) => this.moddle.create("orderway:Instruction", { lang: text.dataset.text || undefined, text: text.value.trim() }));
    this.setInside(bo, "orderway:Instruction", [...fresh, ...kept]);
  }

  private takeLength(name: string, bo: Bo): void {
    const text = durationOf(part<HTMLInputElement>(this.form, `[data-length="${name}"]`).value, part<HTMLSelectElement>(this.form, `[data-length-unit="${name}"]`).value);
    if (name !== "timer") return this.set({ [name]: text || undefined });
    const definition = definitionOf(bo);
    if (!definition || !this.element) return;
    const expression = text ? this.moddle.create("bpmn:FormalExpression", { body: text }) : undefined;
    if (expression) expression.$parent = definition;
    this.modeling.updateModdleProperties(this.element, definition, { timeDuration: expression });
  }

  private takeRounds(element: El | undefined): void {
    if (element) this.rounds.take(element);
  }

  /** The roles that are ticked, as one attribute. */
  private takeRoles(name: string): void {
    const ticked = [...this.form.querySelectorAll<HTMLInputElement>(`[data-role-of="${name}"]:checked`)].map((one) => one.value);
    this.set({ [name]: ticked.join(" ") || undefined });
  }

  private drawRounds(bo: Bo): void {
    const outcomes = inside(bo, "orderway:Outcome").map((one): Pair => [String(one.get("name")), String(one.get("label") ?? one.get("name"))]);
    const numbers = this.element ? this.ways.known(this.element).filter((one) => one.type === "number").map((one): Pair => [one.name, one.label]) : [];
    this.rounds.show(bo, outcomes, numbers);
  }

  private drawNamed(bo: Bo): void {
    for (const input of this.form.querySelectorAll<HTMLInputElement>("[data-named]")) input.value = statedBy(bo);
    part(this.form, "#named").replaceChildren(...knownTo(bo).map((name) => new Option(name, name)));
  }

  private takeArguments(bo: Bo): void {
    const rows = [...this.form.querySelectorAll<HTMLElement>("[data-arguments] > ul > li")];
    const fresh = rows.flatMap((row) => {
      const source = part<HTMLSelectElement>(row, "[data-source]").value;
      const value = row.querySelector<HTMLInputElement>("[data-value] .input")?.value ?? "";
      return source && (value || source === "value") ? [this.moddle.create("orderway:Argument", { name: row.dataset.argument, [source]: value })] : [];
    });
    this.setInside(bo, "orderway:Argument", fresh);
  }

  /** Into another department; one that is not drawn yet comes below the others. */
  private move(element: El, to: string): void {
    let lane = this.registry.get(to);
    const pool = this.registry.filter((one) => one.type === "bpmn:Participant").find((one) => one === element.parent);
    const key = to.startsWith("new:") ? to.slice(4) : "";
    if (key && pool) {
      lane = this.modeling.addLane(pool, "bottom");
      this.modeling.updateProperties(lane, { "orderway:department": key, name: this.parts.departments.find(([one]) => one === key)?.[1] ?? key });
    }
    if (!lane) return;
    const y = Math.round(lane.y + lane.height / 2 - element.y - element.height / 2);
    this.modeling.moveElements([element], { x: 0, y }, element.parent);
    if (kindOf(element) === "work" && !element.businessObject.get("orderway:role")) this.proposeRole(element, lane);
  }

  /** Whoever does the other work of the department, else the role that is called like it. */
  private proposeRole(element: El, lane: El): void {
    const there = (lane.businessObject.get("flowNodeRef") as Bo[]).map((one) => String(one.get("orderway:role") ?? "")).filter(Boolean);
    const known = [...part<HTMLSelectElement>(this.form, "#p-role").options].map((one) => one.value);
    const role = there[0] ?? known.find((one) => one && one === lane.businessObject.get("orderway:department"));
    if (role) this.modeling.updateProperties(element, { "orderway:role": role });
  }

  private clicked(target: Element): void {
    const more = target.closest<HTMLElement>("[data-more]");
    const drop = target.closest("[data-drop]");
    const row = drop?.closest("li");
    if (more?.dataset.more === "term" && this.element) {
      this.ways.addTerm(this.element);
      part(this.form, "[data-joined]").hidden = this.form.querySelectorAll("[data-terms] > li").length < 2;
      this.form.querySelector<HTMLElement>("[data-terms] > li:last-child [data-fact]")?.focus();
    } else if (more) {
      const list = more.closest<HTMLElement>("[data-list]");
      if (list) addRow(list, more.dataset.more ?? "")?.querySelector<HTMLElement>(".input")?.focus();
    } else if (row) {
      const list = row.closest<HTMLElement>("[data-list], [data-terms]");
      row.remove();
      const bo = this.bo;
      if (list?.dataset.list && bo) this.write(() => this.setInside(bo, ...readRows(list, list.dataset.list ?? "", this.moddle)));
      else if (list && this.element) this.write(() => this.ways.termsChanged(this.element as El, list));
    } else if (target.closest("[data-act=delete]") && this.element) this.modeling.removeElements([this.element]);
  }

  private pressed(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.key !== "Escape" && !(event.key === "Enter" && target instanceof HTMLInputElement && target.type !== "checkbox")) return;
    event.preventDefault();
    event.stopPropagation();
    this.flush();
    this.modeler.get<Canvas>("canvas").focus();
  }

  /** All steps in reading order, for the list beside the drawing. */
  steps(): { element: El; words: string; kind: string }[] {
    return stepsOf(this.registry).map((element) => ({ element, words: this.nameOf(element), kind: this.words[`word${kindOf(element)[0]?.toUpperCase()}${kindOf(element).slice(1)}`] ?? "" }));
  }

  select(element: El): void {
    this.modeler.get<Selection>("selection").select(element);
    this.modeler.get<Canvas>("canvas").scrollToElement(element, 80);
  }
}
