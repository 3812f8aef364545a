import type Modeler from "bpmn-js/lib/Modeler";
import { dataJson, say } from "../island";
import { Keeping, tell } from "../keeping";
import { Adding } from "./adding";
import { Beside } from "./beside";
import type { Bus, Canvas, Commands, El, Registry, Selection } from "./kinds";
import { Mending } from "./mending";
import { fileOf, open as openFile, surface } from "./modeler";
import { Offering } from "./offering";
import { part } from "./options";
import { type Parts, Properties } from "./properties";
import { tidyUp } from "./tidy";

// The designer page: the templates maps/edit.html and maps/properties.html hold every word and every field; this binds them to
// bpmn-js. Its parts: offering and adding, properties (with ways, rounds, lists and named things), mending, beside; keeping is the table editor's too.
const READABLE = 0.7, NO_PARTS: Parts = { facts: {}, answers: {}, subjects: [], happenings: [], departments: [], maps: [], decisions: [], steps: {} };

/** The whole map; at first no smaller than its words can be read, beginning where the map begins. */
function fit(canvas: Canvas, smallest = 0): void {
  const { inner, outer } = canvas.viewbox();
  const pad = 24, foot = 44;
  const scale = Math.max(Math.min((outer.width - 2 * pad) / inner.width, (outer.height - pad - foot) / inner.height, 1), smallest);
  const width = outer.width / scale, height = outer.height / scale;
  const x = width < inner.width ? inner.x - pad / scale : inner.x - (width - inner.width) / 2;
  canvas.viewbox({ x, y: inner.y - pad / scale, width, height });
}

/** Whether a change broke off half way: nothing that follows it would be noticed or kept. */
function isTorn(commands: Commands): boolean {
  return (commands as unknown as { _currentExecution: { actions: object[] } })._currentExecution.actions.length > 0;
}

/** Undo, redo, tidy up, save: by their buttons, undo and redo by the usual keys too. */
function bindActs(root: HTMLElement, main: HTMLElement, acts: Record<string, () => void>): void {
  for (const [name, act] of Object.entries(acts)) main.querySelector(`[data-act=${name}]`)?.addEventListener("click", act);
  root.addEventListener("keydown", (event) => {
    // words on the drawing keep their keys to themselves, and the browser would save its page
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || !(event.target as Element).closest(".djs-direct-editing-parent")) return;
    event.preventDefault();
    acts.save?.();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || !root.isConnected) return;
    if (event.target instanceof Element && event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") {
      event.preventDefault();
      acts[key === "y" || event.shiftKey ? "redo" : "undo"]?.();
    }
  });
}

function bindZoom(root: HTMLElement, canvas: Canvas): void {
  for (const [name, by] of [["in", 1.25], ["out", 0.8]] as const) root.querySelector(`[data-zoom=${name}]`)?.addEventListener("click", () => void canvas.zoom(canvas.zoom() * by, "auto"));
  root.querySelector("[data-zoom=fit]")?.addEventListener("click", () => fit(canvas));
}

async function opened(root: HTMLElement): Promise<Modeler | undefined> {
  const modeler = surface(part(root, "[data-canvas]"), root.dataset);
  const answer = await fetch(root.dataset.xmlUrl ?? "");
  try {
    await openFile(modeler, await answer.text());
    return modeler;
  } catch {
    tell(root.dataset.wordBroken);
    return undefined;
  }
}

export async function mountDesigner(root: HTMLElement): Promise<void> {
  await document.fonts.ready;
  const words = root.dataset;
  const parts = dataJson<Parts>(root, "parts", NO_PARTS);
  const main = root.closest<HTMLElement>("main") ?? document.body;
  const modeler = await opened(root);
  if (!modeler) return;
  const canvas = modeler.get<Canvas>("canvas"), registry = modeler.get<Registry>("elementRegistry");
  const selection = modeler.get<Selection>("selection"), bus = modeler.get<Bus>("eventBus"), commands = modeler.get<Commands>("commandStack");
  const form = new Properties(modeler, part(root, "#properties"), parts, words);
  const beside = new Beside(root, form, registry, selection);
  const keeping = new Keeping(main, words, () => fileOf(modeler), (all) => {
    if (all) modeler.get<{ complete(): void }>("directEditing").complete();
    form.flush();
  });
  bus.on("error", () => void setTimeout(() => isTorn(commands) && keeping.stop(words.wordTorn)));
  const refused: Record<string, string | undefined> = { noStep: words.wordNoStep, noPart: words.wordNoPart };
  const adding = new Adding(modeler, (command) => parts.steps[command]?.label ?? command, (word) => tell(refused[word]));
  const mending = new Mending(modeler, root, form.nameOf, (element) => {
    if (element) form.select(element);
    else selection.select(null);
    beside.open("about");
    canvas.focus();
  });
  new Offering(root, adding, canvas, () => form.flush(), () => {
    beside.open("about");
    form.focusName();
  });
  fit(canvas, READABLE);
  bindActs(root, main, {
    undo: () => commands.undo(), redo: () => commands.redo(), save: () => void keeping.now(),
    tidy: () => {
      form.flush();
      tidyUp(modeler);
      fit(canvas, READABLE);
      tell(words.wordTidied, "done");
    },
  });
  bindZoom(root, canvas);
  bus.on("commandStack.changed", () => {
    part<HTMLButtonElement>(main, "[data-act=undo]").disabled = !commands.canUndo();
    part<HTMLButtonElement>(main, "[data-act=redo]").disabled = !commands.canRedo();
    form.refresh();
    beside.showSteps();
    keeping.changed();
    mending.later();
  });
  bus.on("selection.changed", (event: { newSelection: El[] }) => {
    form.show(event.newSelection);
    beside.showSteps();
  });
  bus.on("element.click", (event: { element: El }) => event.element.parent && beside.open("about"));
  form.show([]);
  beside.showSteps();
  await mending.now();
  const wanted = registry.get(decodeURIComponent(location.hash.slice(1)));
  if (wanted) form.select(wanted);
  root.dataset.ready = "1";
  part(root, "[data-problems]").setAttribute("aria-label", say(words.wordProblems ?? "", { n: 0 }));
}
