import type { Soaked } from "./soak.ts";

const width = 720;
const height = 320;
const left = 56;
const top = 44;
const bottom = 36;
const colors = ["#2563eb", "#16a34a"];

/** Plots memory over time: a solid line for resident memory and a thin one for used memory. */
export function plotSoak(title: string, soaked: readonly Soaked[]): string {
  const all = soaked.flatMap(({ samples }) => samples);
  const seconds = Math.max(...all.map(({ second }) => second));
  const most = Math.ceil(Math.max(...all.map(({ rss }) => rss)) / 50) * 50;
  const x = (second: number) => left + (second / seconds) * (width - left - 150);
  const y = (mebibytes: number) => height - bottom - (mebibytes / most) * (height - top - bottom);
  const line = (points: readonly (readonly [number, number])[], color: string, stroke: number) =>
    `<polyline fill="none" stroke="${color}" stroke-width="${stroke}" points="${points
      .map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
      .join(" ")}"/>`;
  const parts = soaked.flatMap(({ name, samples }, index) => {
    const color = colors[index % colors.length] as string;
    const last = samples.at(-1);
    const label = (text: string, value: number) =>
      `<text x="${x(seconds) + 8}" y="${(y(value) + 4).toFixed(1)}" fill="${color}">${text}</text>`;
    return [
      line(
        samples.map(({ second, rss }) => [second, rss]),
        color,
        2,
      ),
      line(
        samples.map(({ second, used }) => [second, used]),
        color,
        1,
      ),
      label(`${name}, resident`, (last?.rss ?? 0) + index * 8),
      label(`${name}, in use`, (last?.used ?? 0) + index * 8),
    ];
  });
  const grid = Array.from({ length: most / 50 + 1 }, (_, i) => i * 50).flatMap((value) => [
    `<line x1="${left}" x2="${x(seconds).toFixed(1)}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#ddd"/>`,
    `<text x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    '<style>text{font:12px sans-serif;fill:#333}.title{font-size:16px;font-weight:600}</style><rect width="100%" height="100%" fill="#fff"/>',
    `<text x="12" y="24" class="title">${title}</text>`,
    `<text x="${left}" y="${height - 10}">MiB over ${Math.round(seconds / 60)} minutes</text>`,
    ...grid,
    ...parts,
    "</svg>\n",
  ].join("\n");
}
