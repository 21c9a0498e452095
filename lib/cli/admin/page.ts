import { createHash } from "node:crypto";
import { escaped } from "../../analysis/graph/markup.ts";
import {
  filterWords,
  fullName,
  matchWords,
  routeName,
  rulePlace,
  shareWords,
  targetWords,
} from "../../analysis/traffic/describe.ts";
import type { GatewayIR, RuleIR } from "../../routing/ir.ts";
import { script, style } from "./page-assets.ts";
import { type AdminState, trafficKey } from "./state.ts";

/** The whole page: topology, and each rule's split with the requests so far. */
export function page(state: AdminState): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatewright</title>
<style>${style}</style>
<header><h1>Gatewright</h1><p id="live" class="dim" role="status">As of loading</p>
<nav aria-label="Data"><a href="config">config</a> · <a href="metrics">metrics</a> · <a href="readyz">readyz</a></nav></header>
<main data-topology="${topology(state)}">
${problems(state)}${state.gateways.map((gateway) => gatewaySection(gateway, state)).join("\n") || "<p>No Gateway is served.</p>"}
</main>
<script>${script}</script>
</html>
`;
}

/** Changes whenever what the page shows besides counts changes. */
export function topology({ gateways, sockets, problems }: AdminState): string {
  return createHash("sha256")
    .update(JSON.stringify([gateways, sockets, problems]))
    .digest("hex")
    .slice(0, 16);
}

function problems(state: AdminState): string {
  if (state.problems.length === 0) return "";
  return `<section aria-labelledby="problems"><h2 id="problems" class="bad">Problems of the newest change</h2>
<pre>${escaped(state.problems.join("\n"))}</pre></section>\n`;
}

function gatewaySection(ir: GatewayIR, state: AdminState): string {
  const name = fullName(ir.gateway);
  const rules = Object.values(ir.rules).sort((a, b) => (a.id < b.id ? -1 : 1));
  return `<section aria-label="Gateway ${escaped(name)}"><h2>Gateway ${escaped(name)}</h2>
${listeners(ir, state)}
${rules.map((rule) => ruleBlock(ir, rule, state)).join("\n") || '<p class="dim">No route is attached.</p>'}
</section>`;
}

function listeners(ir: GatewayIR, state: AdminState): string {
  const name = fullName(ir.gateway);
  const rows = ir.ports.flatMap(({ port, protocol, listeners }) => {
    const socket = state.sockets.find((candidate) => candidate.gateway === name && candidate.port === port);
    const address =
      socket?.url === undefined
        ? `<span class="bad">${escaped(socket?.error ?? "not bound")}</span>`
        : `<code>${escaped(socket.url)}</code>`;
    return listeners.map(
      (listener) =>
        `<tr><th scope="row">${escaped(listener.name)}</th><td>${protocol} ${port}</td><td>${escaped(listener.hostname ?? "every host")}</td><td>${address}</td></tr>`,
    );
  });
  return `<div class="scroll"><table><thead><tr><th scope="col">Listener</th><th scope="col">Port</th><th scope="col">Hostname</th><th scope="col">Local address</th></tr></thead>
<tbody>${rows.join("")}</tbody></table></div>`;
}

function ruleBlock(ir: GatewayIR, rule: RuleIR, state: AdminState): string {
  const hosts = new Set(
    ir.ports.flatMap((port) =>
      port.listeners.flatMap(({ hosts }) =>
        hosts
          .filter(({ rules }) => rules.some((hash) => ir.rules[hash]?.id === rule.id))
          .map(({ hostname }) => hostname),
      ),
    ),
  );
  const matches = rule.matches.map((match) => `<code>${escaped(matchWords(match))}</code>`).join(" or ");
  const filters = rule.filters.map((filter) => `<p class="dim">${escaped(filterWords(filter))}</p>`).join("");
  return `<h3>${escaped(routeName(rule))} ${escaped(rulePlace(rule))}</h3>
<p>${escaped([...hosts].map((host) => (host === "*" ? "every host" : host)).join(", "))}: ${matches}</p>${filters}
${split(ir, rule, state)}`;
}

function split(ir: GatewayIR, rule: RuleIR, state: AdminState): string {
  const gateway = fullName(ir.gateway);
  const counts = state.traffic.filter((count) => count.gateway === gateway && count.rule === rule.id);
  const weights = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  const declared = rule.backends.map(({ target, weight }) => ({
    target: "backend" in target ? target.backend : targetWords(target),
    share: weights === 0 ? "0 %" : shareWords(weight / weights),
  }));
  const others = counts.filter(({ target }) => !declared.some((row) => row.target === target));
  const rows = [...declared, ...others.map(({ target }) => ({ target, share: "–" }))];
  if (rows.length === 0) return "";
  const total = counts.reduce((sum, { requests }) => sum + requests, 0);
  const body = rows.map(({ target, share }) => {
    const requests = counts.find((count) => count.target === target)?.requests ?? 0;
    const part = total === 0 ? 0 : requests / total;
    return `<tr data-key="${escaped(trafficKey({ gateway, rule: rule.id, target }))}"><th scope="row">${escaped(target)}</th><td class="number">${share}</td><td class="number" data-total>${requests}</td><td class="number" data-live>${shareWords(part)}</td><td><meter min="0" max="1" value="${part}" aria-label="Share of ${escaped(target)}"></meter></td></tr>`;
  });
  return `<div class="scroll"><table data-split><thead><tr><th scope="col">Backend</th><th scope="col" class="number">Declared</th><th scope="col" class="number">Requests</th><th scope="col" class="number">Share now</th><td></td></tr></thead>
<tbody>${body.join("")}</tbody></table></div>`;
}
