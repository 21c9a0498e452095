import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { plot } from "./plot.ts";
import type { Row } from "./row.ts";

/** Writes `<name>.json`, `<name>.md` and `<name>.svg` into bench/results and prints the table. */
export function writeFigure(name: string, title: string, rows: readonly Row[], about: object): void {
  const folder = fileURLToPath(new URL("../results", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const table = markdown(rows);
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify({ title, about, rows }, null, 2)}\n`);
  writeFileSync(`${folder}/${name}.md`, `# ${title}\n\n${table}\n`);
  writeFileSync(`${folder}/${name}.svg`, plot(title, rows));
  console.log(`\n${table}`);
}

function markdown(rows: readonly Row[]): string {
  const lines = [
    "| group | proxy | CPU µs/request | spread | × Envoy | × HAProxy | requests/s | p50 ms | p99 ms | RSS MiB | failed |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
  ];
  for (const row of rows) {
    const cells = [
      row.group,
      row.peer,
      row.cpu.median.toFixed(1),
      `${Math.round(row.cpu.spread * 100)} %`,
      ratio(row, "Envoy", rows),
      ratio(row, "HAProxy", rows),
      Math.round(row.requestsPerSecond).toString(),
      row.p50.toFixed(2),
      row.p99.toFixed(2),
      row.memory.toFixed(0),
      row.failed.toString(),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

function ratio(row: Row, peer: string, rows: readonly Row[]): string {
  const other = rows.find((candidate) => candidate.group === row.group && candidate.peer === peer);
  return other === undefined ? "–" : (row.cpu.median / other.cpu.median).toFixed(2);
}
