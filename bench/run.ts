/**
 * `npm run bench [name …]` runs the named figures, or all of them, and writes `bench/results/<name>.json` with a
 * Markdown table and an SVG plot. Every figure is a ratio to peers measured in the same run.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const figures: Readonly<Record<string, { readonly file: string; readonly about: string }>> = {
  http1: { file: "http1.ts", about: "HTTP/1.1 CPU per request against Envoy, HAProxy and nginx" },
  http2: { file: "http2.ts", about: "HTTP/2 over TLS 1.3, CPU per request against Envoy" },
  match: { file: "match.ts", about: "nanoseconds per routing decision by family of rules and number of routes" },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in figures));
if (unknown.length > 0) {
  console.error(`bench: no figure named ${unknown.join(", ")}. There are:`);
  for (const [name, { about }] of Object.entries(figures)) console.error(`  ${name.padEnd(8)} ${about}`);
  process.exit(2);
}

let failed = false;
for (const name of wanted.length > 0 ? wanted : Object.keys(figures)) {
  const figure = figures[name];
  if (figure === undefined) continue;
  console.error(`\n${name}: ${figure.about}`);
  const path = fileURLToPath(new URL(figure.file, import.meta.url));
  const { status } = spawnSync(process.execPath, [path], { stdio: "inherit" });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
