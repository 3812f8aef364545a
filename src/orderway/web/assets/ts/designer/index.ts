import { csrfToken, dataJson, say } from "../island";
import { Adding } from "./adding";
import type { Bus, Canvas, Commands, El, Registry, Selection } from "./kinds";
import { fileOf, open as openFile, surface } from "./modeler";
import { part } from "./options";
import { type Parts, Properties } from "./properties";
import { tidyUp } from "./tidy";

// The designer page: the drawing, what can be added, properties, problems, saving. The templates maps/edit.html and
// maps/properties.html hold every word and every field; this binds them to bpmn-js.
interface Problem { code: string; element: string; name: string; why: string; level: string }
const SAVE_AFTER = 2_000, LINT_AFTER = 500, READABLE = 0.7;

async function post(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" }, body: new URLSearchParams(fields) });
}

function tell(text: string | undefined, tone = "late"): void {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone } }));
}

export async function mountDesigner(root: HTMLElement): Promise<void> {
  await document.fonts.ready;
  const words = root.dataset;
  const parts = dataJson<Parts>(root, "parts", { facts: {}, subjects: [], happenings: [], departments: [], maps: [], steps: {} });
  const main = root.closest<HTMLElement>("main") ?? document.body;
  const modeler = surface(part(root, "[data-canvas]"), words);
  const answer = await fetch(words.xmlUrl ?? "");
  try {
    await openFile(modeler, await answer.text());
  } catch {
    tell(words.wordBroken);
    return;
  }
  const canvas = modeler.get<Canvas>("canvas"), registry = modeler.get<Registry>("elementRegistry");
  const selection = modeler.get<Selection>("selection"), bus = modeler.get<Bus>("eventBus"), commands = modeler.get<Commands>("commandStack");
  const form = new Properties(modeler, part(root, "#properties"), parts, words);
  const adding = new Adding(modeler, (command) => parts.steps[command]?.label ?? command, () => tell(words.wordNoStep));

  // the whole map; at first no smaller than its words can be read, beginning where the map begins
  const fit = (smallest = 0): void => {
    const { inner, outer } = canvas.viewbox();
    const pad = 24, foot = 44;
    const scale = Math.max(Math.min((outer.width - 2 * pad) / inner.width, (outer.height - pad - foot) / inner.height, 1), smallest);
    const width = outer.width / scale, height = outer.height / scale;
    const x = width < inner.width ? inner.x - pad / scale : inner.x - (width - inner.width) / 2;
    canvas.viewbox({ x, y: inner.y - pad / scale, width, height });
  };
  fit(READABLE);

  // saving: a while after the last change, by key, and before leaving
  let revision = Number(words.revision ?? 0), saveTimer = 0, stopped = false, changes = 0, kept = 0;
  const saved = part(main, "#saved");
  let saving: Promise<boolean> = Promise.resolve(true);
  const store = async (): Promise<boolean> => {
    clearTimeout(saveTimer);
    form.flush();
    if (changes === kept && revision > 0) return true;
    const upTo = changes;
    saved.textContent = words.wordSaving ?? "";
    try {
      const said = await post(words.saveUrl ?? "", { xml: await fileOf(modeler), seen: String(revision) });
      const told = (await said.json()) as { revision?: number; saved?: string; problems?: string[] };
      if (!said.ok || told.revision === undefined) {
        stopped = said.status === 409;
        saved.textContent = words.wordNotSaved ?? "";
        (told.problems ?? [document.body.dataset.wordFailed ?? ""]).forEach((problem) => tell(problem));
        return false;
      }
      revision = told.revision;
      kept = upTo;
      saved.textContent = changes === kept ? (told.saved ?? "") : (words.wordUnsaved ?? "");
      return true;
    } catch {
      saved.textContent = words.wordNotSaved ?? "";
      tell(document.body.dataset.wordOffline);
      return false;
    }
  };
  const save = (): Promise<boolean> => (saving = saving.then(store));
  const saveLater = (): void => {
    clearTimeout(saveTimer);
    if (!stopped) saveTimer = window.setTimeout(() => void save(), SAVE_AFTER);
  };
  window.addEventListener("beforeunload", (event) => {
    if (changes !== kept) event.preventDefault();
  });
  for (const link of main.querySelectorAll<HTMLAnchorElement>("[data-after-save]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void save().then((done) => {
        if (!done) return;
        kept = changes;
        location.assign(link.href);
      });
    });
  }

  // problems: asked for a moment after the last change; the newest answer counts
  let lintTimer = 0, asked = 0, marked: [string, string][] = [];
  const count = part(root, "[data-problem-count]"), list = part(root, "[data-problems]");
  const showProblems = (found: Problem[]): void => {
    for (const [id, mark] of marked) if (registry.get(id)) canvas.removeMarker(id, mark);
    marked = [];
    const worst = new Map<string, string>();
    for (const problem of found) if (worst.get(problem.element) !== "error") worst.set(problem.element, problem.level);
    for (const [id, level] of worst) if (registry.get(id)) {
      canvas.addMarker(id, `has-${level}`);
      marked.push([id, `has-${level}`]);
    }
    count.textContent = found.length ? String(found.length) : "";
    count.className = found.some((problem) => problem.level === "error") ? "late" : "wait";
    list.replaceChildren(...found.map((problem) => {
      const row = document.createElement("li"), button = document.createElement("button"), why = document.createElement("span");
      const element = registry.get(problem.element);
      row.className = problem.level;
      button.type = "button";
      button.textContent = element ? form.nameOf(element) : problem.name || (words.wordMap ?? "");
      why.textContent = problem.why;
      button.append(why);
      button.addEventListener("click", () => {
        if (element) form.select(element);
        else selection.select(null);
        open("about");
        canvas.focus();
      });
      row.append(button);
      return row;
    }));
    if (!found.length) {
      const row = document.createElement("li");
      row.className = "fine";
      row.textContent = words.wordNoProblems ?? "";
      list.append(row);
    }
  };
  const lint = async (): Promise<void> => {
    const mine = ++asked;
    const said = await post(words.problemsUrl ?? "", { xml: await fileOf(modeler) }).catch(() => undefined);
    if (!said?.ok || mine !== asked) return;
    showProblems(((await said.json()) as { problems: Problem[] }).problems);
    root.dataset.linted = String(mine);
  };
  const lintLater = (): void => {
    clearTimeout(lintTimer);
    lintTimer = window.setTimeout(() => void lint(), LINT_AFTER);
  };

  // the three parts on the right
  const tabs = [...root.querySelectorAll<HTMLElement>("[role=tab]")];
  function open(name: string): void {
    for (const tab of tabs) {
      const mine = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
      part(root, `#${tab.getAttribute("aria-controls")}`).hidden = !mine;
    }
  }
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      const name = tab.getAttribute("aria-controls") ?? "";
      open(name);
      if (name !== "about") part(root, `#${name}`).querySelector<HTMLElement>("button[aria-current], button")?.focus();
    });
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = by ? tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] : undefined;
      next?.focus();
      if (next) open(next.getAttribute("aria-controls") ?? "");
    });
  }

  const stepList = part(root, "[data-steps]");
  const showSteps = (): void => {
    const chosen = selection.get()[0];
    const rows = form.steps().map(({ element, words: name, kind }) => {
      const row = document.createElement("li"), button = document.createElement("button"), what = document.createElement("span");
      button.type = "button";
      button.dataset.step = element.id;
      button.textContent = name;
      what.textContent = kind;
      button.append(what);
      if (element === chosen) button.setAttribute("aria-current", "true");
      row.append(button);
      return row;
    });
    stepList.replaceChildren(...rows);
  };
  stepList.addEventListener("click", (event) => {
    const element = registry.get((event.target as Element).closest<HTMLElement>("[data-step]")?.dataset.step ?? "");
    if (!element) return;
    form.select(element);
    open("about");
    form.focusName();
  });
  stepList.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...stepList.querySelectorAll<HTMLElement>("button")];
    const next = by ? all[all.indexOf(event.target as HTMLElement) + by] : undefined;
    if (!next) return;
    event.preventDefault();
    const id = next.dataset.step ?? "";
    const element = registry.get(id);
    if (element) form.select(element);
    stepList.querySelector<HTMLElement>(`[data-step="${CSS.escape(id)}"]`)?.focus();
  });

  // what can be added: a click or its key adds after the chosen one, a pull puts it where it is let go
  const buttons = [...root.querySelectorAll<HTMLButtonElement>("[data-add]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      form.flush();
      const added = adding.add(button.dataset.add ?? "");
      if (!added) return;
      open("about");
      form.focusName();
    });
    button.draggable = true;
    button.addEventListener("dragstart", (event) => {
      event.preventDefault();
      adding.pull(event, button.dataset.add ?? "");
    });
  }
  const filter = part<HTMLInputElement>(root, "#add-filter");
  const visible = (): HTMLButtonElement[] => buttons.filter((button) => !button.closest("li")?.hidden);
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const button of buttons) {
      const row = button.closest("li");
      if (row) row.hidden = !(button.dataset.words ?? "").toLowerCase().includes(wanted);
    }
  });
  root.querySelector(".adding")?.addEventListener("keydown", (raw) => {
    const event = raw as KeyboardEvent;
    const at = visible().indexOf(event.target as HTMLButtonElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      (visible()[at + (event.key === "ArrowDown" ? 1 : -1)] ?? filter).focus();
    } else if (event.key === "Enter" && event.target === filter) {
      event.preventDefault();
      const first = visible()[0];
      filter.value = "";
      filter.dispatchEvent(new Event("input"));
      first?.click();
    } else if (event.key === "Escape") canvas.focus();
  });

  // changes and choices
  const acts: Record<string, () => void> = {
    undo: () => commands.undo(), redo: () => commands.redo(), save: () => void save(),
    tidy: () => {
      form.flush();
      tidyUp(modeler);
      fit(READABLE);
      tell(words.wordTidied, "done");
    },
  };
  for (const [name, act] of Object.entries(acts)) main.querySelector(`[data-act=${name}]`)?.addEventListener("click", act);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || !root.isConnected) return;
    if (event.target instanceof Element && event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") {
      event.preventDefault();
      acts[key === "y" || event.shiftKey ? "redo" : "undo"]?.();
    }
  });
  bus.on("commandStack.changed", () => {
    changes++;
    part<HTMLButtonElement>(main, "[data-act=undo]").disabled = !commands.canUndo();
    part<HTMLButtonElement>(main, "[data-act=redo]").disabled = !commands.canRedo();
    saved.textContent = words.wordUnsaved ?? "";
    form.refresh();
    showSteps();
    saveLater();
    lintLater();
  });
  bus.on("selection.changed", (event: { newSelection: El[] }) => {
    form.show(event.newSelection);
    showSteps();
  });
  for (const [name, by] of [["in", 1.25], ["out", 0.8]] as const) root.querySelector(`[data-zoom=${name}]`)?.addEventListener("click", () => void canvas.zoom(canvas.zoom() * by, "auto"));
  root.querySelector("[data-zoom=fit]")?.addEventListener("click", () => fit());

  form.show([]);
  showSteps();
  await lint();
  const wanted = registry.get(decodeURIComponent(location.hash.slice(1)));
  if (wanted) form.select(wanted);
  root.dataset.ready = "1";
  part(root, "[data-problems]").setAttribute("aria-label", say(words.wordProblems ?? "", { n: 0 }));
}
