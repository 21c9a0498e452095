import { createHash } from "node:crypto";
import {
  filterWords,
  fullName,
  matchWords,
  routeName,
  rulePlace,
  shareWords,
  targetWords,
} from "../../analysis/traffic/describe.ts";
import { type Markup, markup } from "../../printing/markup.ts";
import type { GatewayIR, RuleIR } from "../../routing/ir.ts";
import { script, style } from "./page-assets.ts";
import { type AdminState, trafficKey } from "./state.ts";

/** Renders the whole page: the topology, and each rule's split with the number of requests so far. */
export function page(state: AdminState): Markup {
  const gateways = markup.join(
    state.gateways.map((gateway) => gatewaySection(gateway, state)),
    "\n",
  );
  return markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatewright</title>
<style>${markup.verbatim(style)}</style>
<header><h1>Gatewright</h1><p id="live" class="dim" role="status">As of loading</p>
<nav aria-label="Data"><a href="config">config</a> · <a href="metrics">metrics</a> · <a href="readyz">readyz</a></nav></header>
<main data-topology="${topology(state)}">
${problems(state)}${state.gateways.length === 0 ? markup`<p>No Gateway is served.</p>` : gateways}
</main>
<script>${markup.verbatim(script)}</script>
</html>
`;
}

/** Returns a hash that changes whenever the page would change, apart from its counts. */
export function topology({ gateways, sockets, problems }: AdminState): string {
  return createHash("sha256")
    .update(JSON.stringify([gateways, sockets, problems]))
    .digest("hex")
    .slice(0, 16);
}

function problems(state: AdminState): Markup {
  if (state.problems.length === 0) return markup``;
  const lines = state.problems.flatMap((problem) => problem.split("\n")).map((line) => markup`${line}`);
  return markup`<section aria-labelledby="problems"><h2 id="problems" class="bad">Problems of the newest change</h2>
<pre>${markup.join(lines, "\n")}</pre></section>\n`;
}

function gatewaySection(ir: GatewayIR, state: AdminState): Markup {
  const name = fullName(ir.gateway);
  const rules = Object.values(ir.rules).sort((a, b) => (a.id < b.id ? -1 : 1));
  const blocks = rules.map((rule) => ruleBlock(ir, rule, state));
  return markup`<section aria-label="Gateway ${name}"><h2>Gateway ${name}</h2>
${listeners(ir, state)}
${rules.length === 0 ? markup`<p class="dim">No route is attached.</p>` : markup.join(blocks, "\n")}
</section>`;
}

function listeners(ir: GatewayIR, state: AdminState): Markup {
  const name = fullName(ir.gateway);
  const rows = ir.ports.flatMap(({ port, protocol, listeners }) => {
    const socket = state.sockets.find((candidate) => candidate.gateway === name && candidate.port === port);
    const address =
      socket?.url === undefined
        ? markup`<span class="bad">${socket?.error ?? "not bound"}</span>`
        : markup`<code>${socket.url}</code>`;
    return listeners.map(
      (listener) =>
        markup`<tr><th scope="row">${listener.name}</th><td>${protocol} ${port}</td><td>${listener.hostname ?? "every host"}</td><td>${address}</td></tr>`,
    );
  });
  return markup`<div class="scroll"><table><thead><tr><th scope="col">Listener</th><th scope="col">Port</th><th scope="col">Hostname</th><th scope="col">Local address</th></tr></thead>
<tbody>${markup.join(rows, "")}</tbody></table></div>`;
}

function ruleBlock(ir: GatewayIR, rule: RuleIR, state: AdminState): Markup {
  const hosts = new Set(
    ir.ports.flatMap((port) =>
      port.listeners.flatMap(({ hosts }) =>
        hosts
          .filter(({ rules }) => rules.some((hash) => ir.rules[hash]?.id === rule.id))
          .map(({ hostname }) => hostname),
      ),
    ),
  );
  const hostnames = [...hosts].map((host) => (host === "*" ? "every host" : host));
  const matches = rule.matches.map((match) => markup`<code>${matchWords(match)}</code>`);
  const filters = rule.filters.map((filter) => markup`<p class="dim">${filterWords(filter)}</p>`);
  return markup`<h3>${routeName(rule)} ${rulePlace(rule)}</h3>
<p>${hostnames.join(", ")}: ${markup.join(matches, " or ")}</p>${markup.join(filters, "")}
${split(ir, rule, state)}`;
}

function split(ir: GatewayIR, rule: RuleIR, state: AdminState): Markup {
  const gateway = fullName(ir.gateway);
  const counts = state.traffic.filter((count) => count.gateway === gateway && count.rule === rule.id);
  const weights = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  const declared = rule.backends.map(({ target, weight }) => ({
    target: "backend" in target ? target.backend : targetWords(target),
    share: weights === 0 ? "0 %" : shareWords(weight / weights),
  }));
  const others = counts.filter(({ target }) => !declared.some((row) => row.target === target));
  const rows = [...declared, ...others.map(({ target }) => ({ target, share: "–" }))];
  if (rows.length === 0) return markup``;
  const total = counts.reduce((sum, { requests }) => sum + requests, 0);
  const body = rows.map(({ target, share }) => {
    const requests = counts.find((count) => count.target === target)?.requests ?? 0;
    const part = total === 0 ? 0 : requests / total;
    return markup`<tr data-key="${trafficKey({ gateway, rule: rule.id, target })}"><th scope="row">${target}</th><td class="number">${share}</td><td class="number" data-total>${requests}</td><td class="number" data-live>${shareWords(part)}</td><td><meter min="0" max="1" value="${part}" aria-label="Share of ${target}"></meter></td></tr>`;
  });
  return markup`<div class="scroll"><table data-split><thead><tr><th scope="col">Backend</th><th scope="col" class="number">Declared</th><th scope="col" class="number">Requests</th><th scope="col" class="number">Share now</th><td></td></tr></thead>
<tbody>${markup.join(body, "")}</tbody></table></div>`;
}
