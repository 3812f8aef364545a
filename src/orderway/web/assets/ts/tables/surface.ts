import EditingManager, { type View } from "dmn-js-shared/lib/base/EditingManager";
import Viewer from "dmn-js-decision-table/lib/Viewer";
import addRule from "dmn-js-decision-table/lib/features/add-rule";
import annotations from "dmn-js-decision-table/lib/features/annotations/editor";
import cellSelection from "dmn-js-decision-table/lib/features/cell-selection";
import contextMenu from "dmn-js-decision-table/lib/features/context-menu";
import copyCutPaste from "dmn-js-decision-table/lib/features/copy-cut-paste";
import pasteKeys from "dmn-js-decision-table/lib/features/copy-cut-paste/key-bindings";
import head from "dmn-js-decision-table/lib/features/decision-table-head/editor";
import rules from "dmn-js-decision-table/lib/features/decision-rules/editor";
import columnResize from "dmn-js-decision-table/lib/features/column-resize";
import dragAndDrop from "dmn-js-decision-table/lib/features/drag-and-drop";
import editorActions from "dmn-js-decision-table/lib/features/editor-actions";
import hitPolicy from "dmn-js-decision-table/lib/features/hit-policy/editor";
import keyboard from "dmn-js-decision-table/lib/features/keyboard";
import modeling from "dmn-js-decision-table/lib/features/modeling";
import dataTypes from "dmn-js-shared/lib/features/data-types";
import expressionLanguages from "dmn-js-shared/lib/features/expression-languages";
import feelLanguage from "dmn-js-shared/lib/features/feel-language-context";
import tableActions from "table-js/lib/features/editor-actions";
import tableMenu from "table-js/lib/features/context-menu";
import interaction from "table-js/lib/features/interaction-events";
import selection from "table-js/lib/features/selection";

// The decision-table editor of dmn-js without its drawings of requirement graphs and its pop-ups: a cell holds FEEL, as in the file.
export interface Fact { name: string; type: string; label: string }

class Sheet extends Viewer {
  getModules(): object[] {
    return [...Viewer._getModules(), addRule, annotations, cellSelection, tableMenu, copyCutPaste, pasteKeys, dataTypes, contextMenu,
      tableActions, editorActions, head, columnResize, dragAndDrop, expressionLanguages, feelLanguage, keyboard, hitPolicy, interaction,
      modeling, rules, selection, { viewDrd: ["value", null] }];
  }
}

interface Clause { $type: string; decisionLogic?: Clause }

class Tables extends EditingManager {
  _getViewProviders(): object[] {
    return [{ id: "decisionTable", constructor: Sheet, opens: (one: Clause) => one.$type === "dmn:Decision" && one.decisionLogic?.$type === "dmn:DecisionTable" }];
  }
}

/** A new surface in `container`: `words` translates what the library says, `facts` are offered while one types. */
export function surface(container: HTMLElement, words: Record<string, string>, facts: Fact[]): EditingManager {
  const translate = (text: string, values: Record<string, string> = {}): string =>
    (words[text] ?? text).replace(/\{\s*(\w+)\s*\}/g, (whole, name: string) => values[name] ?? whole);
  const known = facts.map((fact) => ({ name: fact.name, detail: fact.label, info: fact.label }));
  return new Tables({
    container,
    decisionTable: { keyboard: { bind: true }, additionalModules: [{ translate: ["value", translate], variableResolver: ["value", { getVariables: () => known }] }] },
  });
}

/** The tables of the open file. */
export const tablesOf = (manager: EditingManager): View[] => manager.getViews().filter((view) => view.type === "decisionTable");

// The library reads and writes DMN 1.3 only; the other versions say the same of tables under other names.
const OWN = "https://www.omg.org/spec/DMN/20191111/";
const VERSIONS = ["https://www.omg.org/spec/DMN/20230324/", "https://www.omg.org/spec/DMN/20211108/", "http://www.omg.org/spec/DMN/20180521/"];
const NAMES = ["MODEL/", "FEEL/", "DMNDI/"];
const replaced = (xml: string, from: string, to: string): string => NAMES.reduce((text, name) => text.replaceAll(`"${from}${name}"`, `"${to}${name}"`), xml);

const CLAUSES = ["decisionTable", "input", "inputExpression", "inputValues", "inputEntry", "output", "outputValues", "outputEntry", "rule"];

/** The file with an id on every part of its tables: the library finds its rows and cells by them. */
function withIds(xml: string): string {
  const parsed = new DOMParser().parseFromString(xml, "application/xml");
  const bare = [...parsed.querySelectorAll(CLAUSES.join(", "))].filter((one) => !one.hasAttribute("id"));
  if (!bare.length || parsed.querySelector("parsererror")) return xml;
  const taken = new Set([...parsed.querySelectorAll("[id]")].map((one) => one.id));
  let count = 0;
  for (const one of bare) {
    while (taken.has(`${one.localName}_${count}`)) count++;
    one.setAttribute("id", `${one.localName}_${count++}`);
  }
  return new XMLSerializer().serializeToString(parsed);
}

/** Shows a file; answers the version it is written in, or nothing for one that this page would not keep as it is. */
export async function open(manager: EditingManager, xml: string): Promise<string | undefined> {
  const version = [OWN, ...VERSIONS].find((one) => xml.includes(`"${one}MODEL/"`));
  if (!version) return undefined;
  try {
    const { warnings } = await manager.importXML(withIds(replaced(xml, version, OWN)));
    return warnings.length || !tablesOf(manager).length ? undefined : version;
  } catch {
    return undefined;
  }
}

/** The file as it stands now, in the version it came in. */
export async function fileOf(manager: EditingManager, version: string): Promise<string> {
  const { xml } = await manager.saveXML({ format: true });
  return replaced(xml, OWN, version);
}
