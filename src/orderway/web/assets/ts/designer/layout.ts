// Where everything goes: steps in columns from left to right, each in its department's rows; ways with right angles. Pure.
//
// After Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures" (1981): break circles, give
// every step a column behind those that lead to it, let long ways occupy a free row of the columns they pass.
export interface Box { id: string; width: number; height: number; lane: number; host?: string }
export interface Way { id: string; source: string; target: string; main?: boolean }
export interface Laid { at: Map<string, { x: number; y: number }>; ways: Map<string, { x: number; y: number }[]>; lanes: { y: number; height: number }[]; width: number; labels: Map<string, Anchor>; headed: Set<string> }
/** Where the words of a way begin: left edge, and the bottom (`up`) or top edge. */
export interface Anchor { x: number; y: number; up: boolean }

const COLUMN_GAP = 60, ROW = 110, STEP = 80, LANE_PAD = 30, LEFT = 50, NARROW = 100;
interface Cell { column: number; lane: number; row: number }

/** The ways that lead back, so that the others have no circle: depth first from where nothing leads to. */
function backward(boxes: Box[], ways: Way[]): Set<string> {
  const out = new Map<string, Way[]>();
  for (const way of ways) out.set(way.source, [...(out.get(way.source) ?? []), way]);
  for (const list of out.values()) list.sort((a, b) => Number(b.main ?? false) - Number(a.main ?? false));
  const back = new Set<string>();
  const state = new Map<string, 1 | 2>();
  const walk = (id: string): void => {
    state.set(id, 1);
    for (const way of out.get(id) ?? []) {
      if (state.get(way.target) === 1) back.add(way.id);
      else if (!state.has(way.target)) walk(way.target);
    }
    state.set(id, 2);
  };
  const led = new Set(ways.map((way) => way.target));
  for (const box of [...boxes.filter((one) => !led.has(one.id)), ...boxes]) if (!state.has(box.id)) walk(box.id);
  return back;
}

/** The column of each: one behind the farthest that leads to it. */
function columns(boxes: Box[], ways: Way[]): Map<string, number> {
  const column = new Map<string, number>(boxes.map((box) => [box.id, 0]));
  for (let changed = true, round = 0; changed && round <= boxes.length; round++) {
    changed = false;
    for (const way of ways) {
      const at = (column.get(way.source) ?? 0) + 1;
      if ((column.get(way.target) ?? 0) < at) {
        column.set(way.target, at);
        changed = true;
      }
    }
  }
  return column;
}

export function lay(boxes: Box[], given: Way[], laneCount: number): Laid {
  // a border event stands on its step: for columns and rows the step stands for it
  const host = new Map(boxes.filter((box) => box.host).map((box) => [box.id, box.host as string]));
  const stands = (id: string): string => host.get(id) ?? id;
  const free = boxes.filter((box) => !box.host);
  const known = new Map(boxes.map((box) => [box.id, box]));
  const ways = given.filter((way) => known.has(way.source) && known.has(way.target));
  const plain = ways.map((way) => ({ ...way, source: stands(way.source) })).filter((way) => way.source !== way.target);
  const back = backward(free, plain);
  const onward = plain.filter((way) => !back.has(way.id));
  const column = columns(free, onward);

  const used = new Map<string, string>();
  const key = (cell: Cell): string => `${cell.column}/${cell.lane}/${cell.row}`;
  const rows = new Array<number>(Math.max(1, laneCount)).fill(1);
  const cellOf = new Map<string, Cell>();
  const take = (cell: Cell, who: string): void => {
    used.set(key(cell), who);
    rows[cell.lane] = Math.max(rows[cell.lane] ?? 1, cell.row + 1);
  };
  const firstFree = (lane: number, from: number, to: number, wanted = 0): number => {
    const open = (row: number): boolean => {
      for (let c = from; c <= to; c++) if (used.has(key({ column: c, lane, row }))) return false;
      return true;
    };
    for (let row = wanted; ; row++) if (open(row)) return row;
  };

  // rows: along the ways, the main way straight on
  const order = [...free].sort((a, b) => (column.get(a.id) ?? 0) - (column.get(b.id) ?? 0));
  const into = (id: string): typeof onward => onward.filter((way) => way.target === id);
  const passing = new Map<string, number>(); // way -> its row while it passes columns, in the target's lane
  for (const box of order) {
    const at = column.get(box.id) ?? 0;
    const from = into(box.id).map((way) => ({ way, cell: cellOf.get(way.source) })).filter((one): one is { way: (typeof onward)[number]; cell: Cell } => !!one.cell);
    const straight = from.filter((one) => one.cell.lane === box.lane).sort((a, b) => Number(b.way.main ?? false) - Number(a.way.main ?? false) || a.cell.row - b.cell.row)[0];
    const wanted = straight && !host.has(given.find((way) => way.id === straight.way.id)?.source ?? "") ? straight.cell.row : straight ? straight.cell.row + 1 : 0;
    const start = straight ? straight.cell.column + 1 : at;
    const row = firstFree(box.lane, Math.min(start, at), at, wanted);
    const cell = { column: at, lane: box.lane, row };
    cellOf.set(box.id, cell);
    take(cell, box.id);
    if (straight) for (let c = start; c < at; c++) take({ column: c, lane: box.lane, row }, `~${straight.way.id}`);
    for (const { way, cell: source } of from) {
      if (way === straight?.way || at - source.column <= 1) continue;
      const passes = firstFree(box.lane, source.column + 1, at - 1, row);
      for (let c = source.column + 1; c < at; c++) take({ column: c, lane: box.lane, row: passes }, `~${way.id}`);
      passing.set(way.id, passes);
    }
    if (straight) passing.set(straight.way.id, row);
  }
  for (const way of plain.filter((one) => back.has(one.id))) {
    const source = cellOf.get(way.source) as Cell, target = cellOf.get(way.target) as Cell;
    const [from, to] = [Math.min(target.column, source.column), Math.max(target.column, source.column)];
    const row = firstFree(source.lane, from, to, source.row + 1);
    for (let c = from; c <= to; c++) take({ column: c, lane: source.lane, row }, `~${way.id}`);
    passing.set(way.id, row);
  }

  // places
  const most = Math.max(0, ...[...cellOf.values()].map((cell) => cell.column));
  const widths = Array.from({ length: most + 1 }, (_, c) => Math.max(NARROW * 0.5, ...free.filter((box) => cellOf.get(box.id)?.column === c).map((box) => box.width)));
  const lefts: number[] = [];
  widths.reduce((x, width, c) => ((lefts[c] = x), x + width + COLUMN_GAP), LEFT);
  // a part with its own steps may be taller than a row
  const tall = rows.map((n) => new Array<number>(n).fill(ROW));
  for (const box of free) {
    const { lane, row } = cellOf.get(box.id) as Cell, heights = tall[lane] as number[];
    heights[row] = Math.max(heights[row] ?? ROW, box.height + ROW - STEP);
  }
  const upTo = (lane: number, row: number): number => (tall[lane] ?? []).slice(0, row).reduce((sum, one) => sum + one, 0);
  const lanes: { y: number; height: number }[] = [];
  rows.reduce((y, n, lane) => ((lanes[lane] = { y, height: upTo(lane, n) + LANE_PAD }), y + upTo(lane, n) + LANE_PAD), 0);
  const middleOf = (lane: number, row: number): number => (lanes[lane]?.y ?? 0) + LANE_PAD / 2 + upTo(lane, row) + (tall[lane]?.[row] ?? ROW) / 2;
  const centre = (id: string): { x: number; y: number } => {
    const cell = cellOf.get(id) as Cell;
    return { x: (lefts[cell.column] ?? 0) + (widths[cell.column] ?? 0) / 2, y: middleOf(cell.lane, cell.row) };
  };
  const at = new Map<string, { x: number; y: number }>();
  for (const box of free) {
    const middle = centre(box.id);
    at.set(box.id, { x: Math.round(middle.x - box.width / 2), y: Math.round(middle.y - box.height / 2) });
  }
  const onBorder = new Map<string, number>();
  for (const box of boxes.filter((one) => one.host)) {
    const step = known.get(box.host as string), place = at.get(box.host as string);
    if (!step || !place) continue;
    const n = onBorder.get(step.id) ?? 0;
    onBorder.set(step.id, n + 1);
    at.set(box.id, { x: Math.round(place.x + step.width * 0.75 - box.width / 2 - n * 50), y: Math.round(place.y + step.height - box.height / 2) });
  }
  const width = (lefts[most] ?? 0) + (widths[most] ?? 0) + LEFT;

  // ways: level out of the side, or from the foot or head straight to another row when nothing stands between
  const lines = new Map<string, { x: number; y: number }[]>();
  const tracks = new Map<string, number>();
  const track = (c: number): number => {
    const n = tracks.get(String(c)) ?? 0;
    tracks.set(String(c), n + 1);
    const right = (lefts[c] ?? 0) + (widths[c] ?? 0);
    return Math.round(right + COLUMN_GAP / 2 + [0, -10, 10, -18, 18][n % 5]!);
  };
  const clear = (x: number, y1: number, y2: number, but: string[]): boolean => free.every((box) => {
    const place = at.get(box.id);
    if (!place || but.includes(box.id)) return true;
    const inside = x > place.x - 8 && x < place.x + box.width + 8;
    return !inside || Math.max(y1, y2) < place.y - 4 || Math.min(y1, y2) > place.y + box.height + 4;
  });
  const taken = new Map<string, number>(); // side of a box -> ways that use it
  const claim = (side: string): boolean => {
    taken.set(side, (taken.get(side) ?? 0) + 1);
    return taken.get(side) === 1;
  };
  const weight = (way: Way): number => (way.main ? 2 : back.has(way.id) ? 1 : 0);
  const sorted = [...ways].sort((a, b) => weight(b) - weight(a));
  for (const way of sorted) {
    const source = known.get(way.source) as Box, target = known.get(way.target) as Box;
    const s = at.get(source.id), t = at.get(target.id);
    const sc = cellOf.get(stands(source.id)), tc = cellOf.get(target.id);
    if (!s || !t || !sc || !tc) continue;
    const sx = s.x + source.width / 2, sy = s.y + source.height / 2, tx = t.x + target.width / 2, ty = t.y + target.height / 2;
    const points: { x: number; y: number }[] = [];
    const border = !!source.host;
    if (back.has(way.id)) {
      const y = middleOf(sc.lane, passing.get(way.id) ?? sc.row);
      const outX = clear(sx, sy, y, [source.id, stands(source.id)]) && claim(`${source.id}/${y > sy ? "foot" : "head"}`) ? sx : track(sc.column);
      points.push(outX === sx ? { x: sx, y: y > sy ? s.y + source.height : s.y } : { x: s.x + source.width, y: sy });
      if (outX !== sx) points.push({ x: outX, y: sy });
      points.push({ x: outX, y });
      const below = y > ty;
      const inX = clear(tx, y, ty, [target.id]) ? tx : track(tc.column - 1);
      points.push({ x: inX, y });
      if (inX === tx) points.push({ x: tx, y: below ? t.y + target.height : t.y });
      else points.push({ x: inX, y: ty }, { x: t.x, y: ty });
    } else {
      const y = middleOf(tc.lane, passing.get(way.id) ?? (tc.column - sc.column > 1 ? tc.row : tc.row));
      const far = tc.column - sc.column > 1 && Math.abs(y - ty) > 1;
      const foot = border || source.width <= 60 ? clear(sx, sy, y, [source.id, stands(source.id)]) && Math.abs(y - sy) > 1 && (border || claim(`${source.id}/${y > sy ? "foot" : "head"}`)) : false;
      if (foot) points.push({ x: sx, y: y > sy ? s.y + source.height : s.y }, { x: sx, y });
      else {
        points.push({ x: s.x + source.width, y: sy });
        if (Math.abs(y - sy) > 1) {
          const x = track(sc.column);
          points.push({ x, y: sy }, { x, y });
        }
      }
      if (far) {
        const head = target.width <= 60 && clear(tx, y, ty, [target.id]);
        if (head) points.push({ x: tx, y }, { x: tx, y: y > ty ? t.y + target.height : t.y });
        else {
          const x = track(tc.column - 1);
          points.push({ x, y }, { x, y: ty }, { x: t.x, y: ty });
        }
      } else points.push({ x: t.x, y: ty });
    }
    lines.set(way.id, points.map((point) => ({ x: Math.round(point.x), y: Math.round(point.y) })));
  }
  return { at, ways: lines, lanes, width, ...words(sorted, lines) };
}

/** Where the words of ways go, so that two that leave the same corner do not cover each other; and whose head a way leaves from. */
function words(ways: Way[], lines: Map<string, { x: number; y: number }[]>): { labels: Map<string, Anchor>; headed: Set<string> } {
  const labels = new Map<string, Anchor>();
  const begun = new Set<string>();
  const headed = new Set<string>();
  for (const way of ways) {
    const [a, b, c] = lines.get(way.id) ?? [];
    if (!a || !b) continue;
    const level = Math.abs(a.y - b.y) < 2;
    if (!level && b.y < a.y) headed.add(way.source);
    const corner = `${a.x}/${a.y}`;
    const again = begun.has(corner);
    begun.add(corner);
    if (level && again && c) labels.set(way.id, { x: b.x + 5, y: c.y > b.y ? b.y + 6 : b.y - 6, up: c.y < b.y });
    else labels.set(way.id, level ? { x: a.x + 6, y: a.y - 3, up: true } : { x: a.x + 5, y: b.y > a.y ? a.y + 6 : a.y - 6, up: b.y < a.y });
  }
  return { labels, headed };
}
