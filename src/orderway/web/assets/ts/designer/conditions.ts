// Conditions by picking: terms "what, how, value" joined by and or or. Text that says more than that stays text.
export type FactType = "string" | "number" | "boolean" | "date" | "datetime";
export interface Known { name: string; type: FactType; label: string; choices?: [value: string, label: string][] }
export interface Term { fact: string; operator: string; value: string }
export interface Picked { terms: Term[]; joined: "and" | "or" }

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|date\("[^"]*"\)|<=|>=|!=|[=<>(),]|[\w.-]+)/y;

function tokens(text: string): string[] | undefined {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    found.push(match[1] as string);
  }
  return found;
}

/** The value of a literal as people type it, or undefined for anything else. */
function literal(token: string | undefined): string | undefined {
  if (!token) return undefined;
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, "$1");
  const day = /^date\("([^"]*)"\)$/.exec(token);
  if (day) return day[1];
  return /^(-?\d+(\.\d+)?|true|false)$/.test(token) ? token : undefined;
}

/** A condition's text as terms, or undefined when it says more than terms can. */
export function picked(text: string): Picked | undefined {
  const words = tokens(text);
  if (!words) return undefined;
  const terms: Term[] = [];
  let joined: "and" | "or" | undefined;
  let at = 0;
  while (at < words.length) {
    const fact = words[at++], operator = words[at++];
    if (!fact || !/^[A-Za-z]\w*$/.test(fact) || !operator) return undefined;
    if (operator === "in") {
      const values: string[] = [];
      if (words[at++] !== "(") return undefined;
      for (;;) {
        const value = literal(words[at++]);
        if (value === undefined) return undefined;
        values.push(value);
        const next = words[at++];
        if (next === ")") break;
        if (next !== ",") return undefined;
      }
      terms.push({ fact, operator, value: values.join(", ") });
    } else {
      const value = /^(=|!=|<|<=|>|>=)$/.test(operator) ? literal(words[at++]) : undefined;
      if (value === undefined) return undefined;
      terms.push({ fact, operator, value });
    }
    const join = words[at++];
    if (join === undefined) break;
    if ((join !== "and" && join !== "or") || (joined && joined !== join)) return undefined;
    joined = join;
    if (at >= words.length) return undefined;
  }
  return { terms, joined: joined ?? "and" };
}

function written(value: string, type: FactType): string {
  if (type === "number") return value.trim().replace(",", ".") || "0";
  if (type === "boolean") return value === "false" ? "false" : "true";
  if (type === "date") return `date("${value}")`;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** Terms as a condition's text. */
export function conditionOf({ terms, joined }: Picked, known: Known[]): string {
  return terms.filter((term) => term.fact).map((term) => {
    const type = known.find((one) => one.name === term.fact)?.type ?? "string";
    if (term.operator !== "in") return `${term.fact} ${term.operator} ${written(term.value, type)}`;
    return `${term.fact} in (${term.value.split(",").map((one) => written(one.trim(), type)).join(", ")})`;
  }).join(` ${joined} `);
}

/** An ISO 8601 duration of one unit as count and unit (H, D, W, M), or undefined. */
export function lengthOf(text: string): [count: string, unit: string] | undefined {
  const match = /^P(?:(\d+)([DW])|T(\d+)([HM]))$/.exec(text.trim());
  return match ? [(match[1] ?? match[3]) as string, (match[2] ?? match[4]) as string] : undefined;
}

/** A count and a unit as an ISO 8601 duration; "" for no count. */
export function durationOf(count: string, unit: string): string {
  const n = parseInt(count, 10);
  return n > 0 ? (unit === "D" || unit === "W" ? `P${n}${unit}` : `PT${n}${unit}`) : "";
}
