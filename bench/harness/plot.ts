import type { Row } from "./row.ts";

const barHeight = 18;
const gap = 6;
const left = 120;
const width = 720;

/** Draws horizontal bars, grouped, with the range of all rounds as a thin line. */
export function plot(title: string, rows: readonly Row[]): string {
  const scale = (width - left - 90) / Math.max(...rows.map((row) => row.cpu.max));
  const parts: string[] = [];
  let y = 44;
  let group = "";
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      y += 14;
      parts.push(`<text x="12" y="${y}" class="group">${escapeXml(group)}</text>`);
      y += 10;
    }
    const middle = y + barHeight / 2;
    const end = left + row.cpu.median * scale;
    parts.push(
      `<text x="${left - 8}" y="${middle + 4}" text-anchor="end">${escapeXml(row.peer)}</text>`,
      `<rect x="${left}" y="${y}" width="${(end - left).toFixed(1)}" height="${barHeight}" class="${row.peer === "Gatewright" ? "ours" : "peer"}"/>`,
      `<line x1="${(left + row.cpu.min * scale).toFixed(1)}" x2="${(left + row.cpu.max * scale).toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
      `<text x="${(left + row.cpu.max * scale + 8).toFixed(1)}" y="${middle + 4}">${row.cpu.median.toFixed(1)} µs</text>`,
    );
    y += barHeight + gap;
  }
  const style =
    "text{font:13px sans-serif;fill:#333}.title{font-size:16px;font-weight:600}.group{font-weight:600}" +
    ".ours{fill:#2563eb}.peer{fill:#94a3b8}line{stroke:#111;stroke-width:1.5}";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 16}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${style}</style><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="12" y="26" class="title">${escapeXml(title)}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
