import { createHash } from "node:crypto";

/** The style of the page. Colours meet WCAG 2.2 AA in both schemes, and no information depends on colour alone. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d4d4d8, #3f3f46); --dim: light-dark(#52525b, #a1a1aa); --bad: light-dark(#b42318, #fda29b); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: light-dark(#fff, #18181b); color: light-dark(#18181b, #f4f4f5); }
header { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .25rem; } h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--dim); }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th { font-weight: 600; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: .9rem/1.45 ui-monospace, monospace; } pre { white-space: pre-wrap; }
meter { width: 10rem; height: 1rem; } a { color: light-dark(#1d4ed8, #93c5fd); }
a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`;

/**
 * Reads the counters once a second and shows each target's share of the last ten seconds. When the topology has
 * changed, it loads the new one from the page itself. Without this script, the page shows the counts since the start.
 */
export const script = `
"use strict";
const span = 10, samples = [];
const live = document.getElementById("live");
function say(text) { if (live.textContent !== text) live.textContent = text; }
async function tick() {
  try {
    const answer = await fetch("traffic", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const now = await answer.json();
    const main = document.querySelector("main");
    if (main.dataset.topology !== now.topology) await replace(main);
    samples.push(now.counts);
    if (samples.length > span + 1) samples.shift();
    show(samples[0], now.counts);
    say("Live");
  } catch {
    say("No connection; trying again");
  }
  setTimeout(tick, 1000);
}
async function replace(main) {
  const text = await (await fetch(location.href, { cache: "no-store" })).text();
  const next = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  if (next) { main.replaceWith(next); samples.length = 0; }
}
function show(before, now) {
  for (const table of document.querySelectorAll("table[data-split]")) {
    const rows = [...table.querySelectorAll("tr[data-key]")];
    const recent = rows.map((row) => (now[row.dataset.key] ?? 0) - (before[row.dataset.key] ?? 0));
    const sum = recent.reduce((a, b) => a + b, 0);
    rows.forEach((row, i) => {
      row.querySelector("[data-total]").textContent = (now[row.dataset.key] ?? 0).toLocaleString();
      row.querySelector("[data-live]").textContent = sum === 0 ? "\\u2013" : (100 * recent[i] / sum).toFixed(1) + " %";
      row.querySelector("meter").value = sum === 0 ? 0 : recent[i] / sum;
    });
  }
}
tick();
`;

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The policy allows only the page's own style, script and counters. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashSource(style)}`,
  `script-src ${hashSource(script)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
