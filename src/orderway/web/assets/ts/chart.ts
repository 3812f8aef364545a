import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { dataJson } from "./island";
import { colours } from "./theme";

use([BarChart, LineChart, GridComponent, AriaComponent, CanvasRenderer]);

// data-chart = {kind: "bar"|"line", labels: [...], series: [{name, values, tone: ""|"accent"|"late"|"soft"}], max?, decimals?}
// Bars are stacked in the given order and carry their sum; a line is named at its end.
interface Series { name: string; values: (number | null)[]; tone?: string }
interface Chart { kind: "bar" | "line"; labels: string[]; series: Series[]; max?: number; decimals?: number }
type Palette = Record<"ink" | "ink-2" | "ink-3" | "line" | "accent" | "bar" | "late" | "wait", string>;

function colourOf(tone: string | undefined, c: Palette): string {
  return { accent: c.accent, late: c.late, wait: c.wait, soft: c["ink-3"] }[tone ?? ""] ?? c.bar;
}

function bars(chart: Chart, c: Palette, number: (n: number) => string): EChartsCoreOption {
  const sums = chart.labels.map((_, i) => chart.series.reduce((so, s) => so + (s.values[i] ?? 0), 0));
  const widest = Math.max(...chart.labels.map((label) => label.length));
  const left = Math.min(140, 30 + widest * 6.5);
  return {
    grid: { left, right: 56, top: 8, bottom: 12 },
    xAxis: { type: "value", show: false, max: chart.max },
    yAxis: { type: "category", inverse: true, data: chart.labels, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: c["ink-2"], fontSize: 12, align: "left", margin: left - 14, interval: 0 } },
    series: chart.series.map((s, i) => ({
      name: s.name, type: "bar", stack: "all", barWidth: 13, data: s.values, itemStyle: { color: colourOf(s.tone, c) },
      label: { show: i === chart.series.length - 1, position: "right", color: c.ink, fontSize: 12, formatter: (p: { dataIndex: number }) => number(sums[p.dataIndex] ?? 0) },
    })),
  };
}

function lines(chart: Chart, c: Palette, number: (n: number) => string): EChartsCoreOption {
  return {
    grid: { left: 36, right: 92, top: 14, bottom: 28 },
    xAxis: { type: "category", data: chart.labels, boundaryGap: false, axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, axisLabel: { color: c["ink-3"], fontSize: 11, hideOverlap: true, interval: chart.labels.length > 8 ? 1 : 0 } },
    yAxis: { type: "value", min: 0, max: chart.max, splitNumber: 3, splitLine: { lineStyle: { color: c.line } }, axisLabel: { color: c["ink-3"], fontSize: 11, formatter: number } },
    series: chart.series.map((s) => {
      const main = s.tone === "accent";
      const colour = main ? c.accent : colourOf(s.tone || "soft", c);
      const last = s.values.findLast((v) => v !== null) ?? 0;
      return {
        name: s.name, type: "line", symbol: "none", data: s.values, lineStyle: { color: colour, width: main ? 2 : 1.5, type: main ? "solid" : [4, 3] },
        endLabel: { show: true, formatter: `${number(last)} ${s.name}`, color: main ? c.accent : c["ink-2"], fontWeight: main ? 600 : 400, fontSize: 12, lineHeight: 13, width: 80, overflow: "break", distance: 6 },
      };
    }),
  };
}

/** Draws the chart of the element and again when theme or size change. */
export async function mountChart(root: HTMLElement): Promise<void> {
  await document.fonts.ready;
  const chart = dataJson<Chart>(root, "chart", { kind: "bar", labels: [], series: [] });
  const place = document.createElement("div");
  place.className = "chart-place";
  root.append(place);
  Object.assign(place.style, { position: "absolute", inset: "0" });
  const view = init(place, null, { renderer: "canvas" });
  const digits = chart.decimals ?? 0;
  const format = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const draw = (): void => {
    const c = colours("ink", "ink-2", "ink-3", "line", "accent", "bar", "late", "wait");
    const option = (chart.kind === "bar" ? bars : lines)(chart, c, (n) => format.format(n));
    const axis = chart.kind === "line" ? (n: number): string => new Intl.NumberFormat(document.documentElement.lang).format(n) : undefined;
    if (axis) ((option.yAxis as { axisLabel: { formatter: unknown } }).axisLabel.formatter = axis);
    view.setOption({ animation: false, textStyle: { fontFamily: "Inter Variable", fontSize: 12 }, ...option }, true);
  };
  draw();
  const size = new ResizeObserver(() => (root.isConnected ? view.resize() : gone()));
  size.observe(root);
  document.addEventListener("theme", draw);
  const gone = (): void => {
    size.disconnect();
    document.removeEventListener("theme", draw);
    view.dispose();
  };
}
