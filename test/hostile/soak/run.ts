/**
 * `npm run soak` runs mixed traffic for ten minutes, or SOAK_MINUTES. It prints what the proxies hold meanwhile, and
 * writes `bench/results/soak.json`, with a Markdown table and an SVG plot beside it. The exit code is 1 if memory has
 * grown.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { plotSoak } from "./plot.ts";
import { type Soaked, soak } from "./soak.ts";
import { faults } from "./verdict.ts";

const minutes = Number(process.env.SOAK_MINUTES ?? 10);
if (!(minutes > 0)) {
  console.error(`soak: SOAK_MINUTES is ${process.env.SOAK_MINUTES}; it must be a number above zero, such as 10.`);
  process.exit(2);
}
const title = `Memory over ${minutes} ${minutes === 1 ? "minute" : "minutes"} of mixed traffic`;

const soaked = await soak({ seconds: minutes * 60, interval: Math.max(1, minutes / 5), lanes: 16 }, (name, sample) => {
  const { second, used, rss, connections } = sample;
  const cells = [`${Math.round(second)} s`.padStart(7), name.padEnd(6), `${used.toFixed(1)} MiB in use`.padStart(18)];
  console.error([...cells, `${rss.toFixed(1)} MiB resident`.padStart(20), `${connections} connections`].join("  "));
});

const folder = fileURLToPath(new URL("../../../bench/results", import.meta.url));
const about = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, minutes };
const table = [
  "| proxy | requests | failed | MiB in use, first and last | MiB resident, first and last | gained in use | gained resident |",
  "|---|---:|---:|---:|---:|---:|---:|",
  ...soaked.map(row),
].join("\n");
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/soak.json`, `${JSON.stringify({ title, about, soaked }, null, 2)}\n`);
writeFileSync(`${folder}/soak.md`, `# ${title}\n\n${table}\n`);
writeFileSync(`${folder}/soak.svg`, plotSoak(title, soaked));
console.log(`\n${table}`);
const wrong = soaked.flatMap(faults);
for (const fault of wrong) console.error(fault);
process.exit(wrong.length > 0 ? 1 : 0);

function row({ name, samples, done, failed, growth }: Soaked): string {
  const requests = Object.values(done).reduce((sum, count) => sum + count, 0);
  // The first third of the samples is left out, as for the growth.
  const first = samples[Math.floor(samples.length / 3)];
  const last = samples.at(-1);
  const pair = (of: "used" | "rss") => `${first?.[of].toFixed(1)} → ${last?.[of].toFixed(1)}`;
  const cells = [name, requests, failed, pair("used"), pair("rss"), growth.used.toFixed(2), growth.rss.toFixed(2)];
  return `| ${cells.join(" | ")} |`;
}
