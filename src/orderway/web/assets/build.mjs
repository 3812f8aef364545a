// Builds everything the browser loads into ../static/built: styles, fonts, icon sprite, scripts.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import postcss from "postcss";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../static/built");
const require = createRequire(import.meta.url);
const watch = process.argv.includes("--watch");

// Tabler is 600 kB for a kit we mostly do not use: keep its element reset and its button base, with the variables these need.
function tablerBase() {
  const root = postcss.parse(readFileSync(require.resolve("@tabler/core/dist/css/tabler.css"), "utf8"));
  const wanted = (selector) => /^(?:[a-z0-9*]+|\[type=[a-z]+\])?(?:::?[a-z-]+(?:\([^)]*\))?)*$/.test(selector) ||
    /^\.btn(?::disabled)?$/.test(selector);
  const kept = [], variables = new Map();
  root.walkRules((rule) => {
    if (rule.parent?.type === "atrule") return;
    const isRoot = rule.selectors.every((s) => /^(?::root|:host|\[data-bs-theme=.?light.?\])$/.test(s));
    rule.walkDecls(/^--tblr-/, (d) => { if (isRoot) variables.set(d.prop, d.value); });
    const selectors = rule.selectors.filter((s) => s && !s.startsWith(":root") && wanted(s));
    if (!selectors.length) return;
    const copy = rule.clone({ selectors });
    copy.walkDecls((d) => { if (d.value.includes("data:")) d.remove(); });
    kept.push(copy.toString());
  });
  const needed = new Set();
  const follow = (text) => {
    for (const [, name] of text.matchAll(/var\((--tblr-[\w-]+)/g)) {
      if (!needed.has(name) && variables.has(name)) { needed.add(name); follow(variables.get(name)); }
    }
  };
  kept.forEach(follow);
  const head = [...needed].map((n) => `${n}:${variables.get(n)}`).join(";");
  return `/* From Tabler, MIT licence, Copyright (c) 2018-2026 The Tabler Authors */\n@layer reset{:root{${head}}\n${kept.join("\n")}}`;
}

const reset = {
  name: "tabler-base",
  setup(build) {
    build.onResolve({ filter: /^tabler-base$/ }, () => ({ path: "tabler-base", namespace: "tabler" }));
    build.onLoad({ filter: /.*/, namespace: "tabler" }, () => ({ contents: tablerBase(), loader: "css" }));
  },
};

// dmn-js writes styles into its markup and puts sheets into the page; the policy of every page refuses both. Two of its libraries are
// laid behind doors of ours (ts/tables/quiet-*.mjs), through which the same styles go the way that is allowed.
const quiet = {
  name: "quiet",
  setup(build) {
    build.onResolve({ filter: /^(domify|style-mod)$/ }, ({ path, importer }) =>
      importer.startsWith(here) ? undefined : { path: join(here, `ts/tables/quiet-${path}.mjs`) });
  },
};

// One sprite of the icons named in icons.txt; a template that asks for another one breaks the build, not the page.
function icons() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const folder = join(here, "../../../../node_modules/@tabler/icons");
  const symbols = names.map((name) => {
    const file = join(folder, "icons/outline", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.txt: Tabler has no outline icon "${name}"`);
    const body = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons, MIT licence -->${symbols.join("")}</svg>`);
  const known = new Set(names), missing = new Set();
  const look = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) look(path);
      else if (entry.name.endsWith(".html")) {
        for (const [, name] of readFileSync(path, "utf8").matchAll(/\{% icon "([\w-]+)"/g)) if (!known.has(name)) missing.add(`${entry.name}: ${name}`);
      }
    }
  };
  look(join(here, "../templates"));
  if (missing.size) throw new Error(`not in icons.txt: ${[...missing].join(", ")}`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
icons();
const options = {
  absWorkingDir: here,
  entryPoints: { app: "ts/app.ts", style: "css/app.css", designer: "css/designer.css", tables: "css/tables.css" },
  outdir: out,
  bundle: true,
  minify: !watch,
  sourcemap: watch ? "linked" : false,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "linked",
  logLevel: "info",
  plugins: [reset, quiet],
};
if (watch) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
