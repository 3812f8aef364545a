import { csrfToken, dataJson, island, say } from "./island";

// The pick page. The list comes with the page, so a wrong item or a wrong customer's order is refused at once, also
// without a network; what was scanned waits in the browser and is sent as soon as the server answers:
// POST data-url {"scans": [{"key", "line", "code", "quantity", "at"}]} → 2xx {"problem"?: text}.
// data-list = {id, lines: [{id, place, item, name, pack, lot, order, customer, quantity, picked, codes: []}]}
interface PickLine { id: string; place: string; item: string; name: string; pack?: string; lot?: string; order: string; customer: string; quantity: number; picked: number; codes: string[]; skipped?: boolean }
interface PickList { id: string; lines: PickLine[] }
interface Scan { key: string; line: string; code: string; quantity: number; at: string; missing?: boolean }

let audio: AudioContext | undefined;
function tone(frequency: number, seconds: number, kind: OscillatorType): void {
  audio ??= new AudioContext();
  void audio.resume();
  const oscillator = audio.createOscillator(), volume = audio.createGain();
  oscillator.type = kind;
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0.25, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + seconds);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start();
  oscillator.stop(audio.currentTime + seconds);
}
function refuseSound(): void {
  tone(160, 0.45, "square");
  setTimeout(() => tone(120, 0.5, "square"), 180);
  navigator.vibrate?.([180, 80, 180]);
}

function mountScan(root: HTMLElement): void {
  const list = dataJson<PickList>(root, "list", { id: "", lines: [] });
  const store = `orderway-scans-${list.id}`;
  const field = root.querySelector<HTMLElement>(".scan");
  const input = field?.querySelector("input");
  if (!field || !input) return;
  const saved = localStorage.getItem(store);
  let waiting: Scan[] = saved ? (JSON.parse(saved) as Scan[]) : [];
  let last: { line: PickLine; scan: Scan } | undefined;
  let sending = false;
  for (const scan of waiting) apply(scan, 1);

  function apply(scan: Scan, sign: 1 | -1): void {
    const line = list.lines.find((l) => l.id === scan.line);
    if (line) line.picked += sign * scan.quantity;
    if (line && scan.missing) line.skipped = sign === 1;
  }
  const open = (): PickLine[] => list.lines.filter((l) => l.picked < l.quantity && !l.skipped);
  const slot = (name: string, text: string): void => root.querySelectorAll<HTMLElement>(`[data-slot=${name}]`).forEach((e) => (e.textContent = text));
  const part = (name: string): HTMLElement | null => root.querySelector<HTMLElement>(`[data-part=${name}]`);
  const words = root.dataset;

  function draw(): void {
    const [line, ...rest] = open();
    for (const name of ["current", "scan", "counting"]) part(name)?.toggleAttribute("hidden", !line);
    part("complete")?.toggleAttribute("hidden", !!line);
    if (line) {
      const all: [string, string][] = [["place", line.place], ["quantity", String(line.quantity)], ["picked", `${line.picked} /`], ["name", line.name], ["item", [line.item, line.pack].filter(Boolean).join(" · ")], ["lot", line.lot ?? ""], ["order", line.order], ["customer", line.customer]];
      all.forEach(([name, text]) => slot(name, text));
      part("lot")?.toggleAttribute("hidden", !line.lot);
    }
    const next = part("next");
    next?.toggleAttribute("hidden", rest.length === 0);
    next?.querySelector("ul")?.replaceChildren(...rest.slice(0, 3).map((l) => {
      const entry = document.createElement("li");
      for (const [tag, className, text] of [["b", "", l.place], ["span", "grow cut", l.name], ["span", "num", String(l.quantity)]] as const) {
        entry.append(Object.assign(document.createElement(tag), { className, textContent: text }));
      }
      return entry;
    }));
    part("segments")?.replaceChildren(...list.lines.map((l) => {
      const state = l === line ? "now" : l.skipped ? "wait" : l.picked >= l.quantity ? "full" : "";
      return Object.assign(document.createElement("i"), { className: state });
    }));
    const offline = part("offline");
    offline?.toggleAttribute("hidden", waiting.length === 0);
    slot("waiting", say(words.wordWaiting ?? "{n}", { n: waiting.length }));
  }
  function keep(): void {
    localStorage.setItem(store, JSON.stringify(waiting));
    draw();
  }
  async function send(): Promise<void> {
    if (sending || !waiting.length) return;
    sending = true;
    const batch = [...waiting];
    try {
      const answer = await fetch(words.url ?? "", { method: "POST", headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ list: list.id, scans: batch }) });
      if (answer.ok) {
        waiting = waiting.filter((scan) => !batch.includes(scan));
        const said = (await answer.json().catch(() => ({}))) as { problem?: string };
        if (said.problem) refuse(said.problem, "");
      }
    } catch {
      setTimeout(() => void send(), 5000);
    } finally {
      sending = false;
    }
    keep();
  }

  function refuse(what: string, expected: string): void {
    refuseSound();
    const banner = part("refused");
    slot("refusal", what);
    banner?.removeAttribute("hidden");
    part("went")?.setAttribute("hidden", "");
    field?.classList.add("wrong");
    slot("ask", words.wordAgain ?? "");
    slot("hint", expected);
  }
  function calm(): void {
    part("refused")?.setAttribute("hidden", "");
    field?.classList.remove("wrong");
    slot("ask", words.wordScan ?? "");
    slot("hint", words.wordHint ?? "");
  }
  function book(line: PickLine, code: string, quantity: number, missing = false): void {
    const scan: Scan = { key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, line: line.id, code, quantity, at: new Date().toISOString(), ...(missing ? { missing } : {}) };
    apply(scan, 1);
    last = { line, scan };
    waiting.push(scan);
    calm();
    tone(880, 0.09, "sine");
    slot("went", say(words.wordWent ?? "{name}, {n}", { name: line.name, n: quantity }));
    part("went")?.removeAttribute("hidden");
    keep();
    void send();
  }
  function scanned(code: string): void {
    const [line] = open();
    if (!line || !code) return;
    if (line.codes.includes(code)) return book(line, code, 1);
    const expected = say(words.wordExpected ?? "{item}", { item: line.item });
    const other = list.lines.find((l) => l.codes.includes(code));
    if (!other) refuse(say(words.wordUnknown ?? "{code}", { code }), expected);
    else if (other.item === line.item) refuse(say(words.wordOtherCustomer ?? "{customer}", { customer: `${other.order} ${other.customer}` }), expected);
    else refuse(say(words.wordOtherItem ?? "{name}", { name: other.name }), expected);
  }

  const take = (): void => {
    const code = input.value.trim();
    input.value = "";
    scanned(code);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take();
  });
  input.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    take();
  });
  root.addEventListener("click", (event) => {
    const act = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset.do;
    const [line] = open();
    if (act === "undo" && last) {
      const back = last;
      apply(back.scan, -1);
      const unsent = waiting.includes(back.scan);
      waiting = unsent ? waiting.filter((scan) => scan !== back.scan) : [...waiting, { ...back.scan, key: `${back.scan.key}-back`, quantity: -back.scan.quantity }];
      last = undefined;
      part("went")?.setAttribute("hidden", "");
      keep();
      void send();
    } else if (line && act === "more") book(line, "", 1);
    else if (line && act === "less" && line.picked > 0) book(line, "", -1);
    else if (line && act === "missing") book(line, "", 0, true);
    else if (line && act === "skip") {
      list.lines.push(...list.lines.splice(list.lines.indexOf(line), 1));
      calm();
      draw();
    } else if (line && act === "count") part("typed")?.toggleAttribute("hidden");
    else if (line && act === "counted") {
      const typed = part("typed")?.querySelector("input");
      const quantity = Number(typed?.value);
      if (Number.isInteger(quantity) && quantity > 0 && quantity <= line.quantity - line.picked) {
        book(line, "", quantity);
        part("typed")?.setAttribute("hidden", "");
      } else refuse(say(words.wordTooMany ?? "{n}", { n: line.quantity - line.picked }), "");
      if (typed) typed.value = "";
    }
    if (act !== "count") input.focus({ preventScroll: true });
  });
  window.addEventListener("online", () => void send());
  draw();
  void send();
  input.focus({ preventScroll: true });
}

island("scan", mountScan);
