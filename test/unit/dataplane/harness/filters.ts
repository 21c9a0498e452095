import type { TestContext } from "node:test";
import { defineFilter, type FilterDefinition, type FilterKind } from "../../../../lib/filters/definition.ts";
import type { FilterFailure } from "../../../../proxy/dataplane/filters/registered-filters.ts";
import type { ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import type { Respond } from "./backend.ts";
import { extension, type RuleOptions } from "./configuration.ts";
import { startBackend, startProxy } from "./setup.ts";

type Functions = Pick<FilterDefinition<unknown, unknown>, "request" | "response" | "schema">;

/** Defines a filter of kind `Custom`, or of another kind. */
export const filter = (functions: Functions, kind = "Custom"): FilterKind =>
  defineFilter({ group: "acme.io", kind, ...functions });

interface Options {
  readonly rule?: RuleOptions;
  readonly respond?: Respond;
  readonly proxy?: ProxyOptions;
}

/** Starts a proxy and a backend behind a rule with these filters. */
export async function startFiltered(t: TestContext, filters: readonly FilterKind[], options: Options = {}) {
  const backend = await startBackend(t, options.respond);
  const kinds = filters.map(({ kind }) => extension(kind));
  const rules = [{ filters: kinds, ...options.rule }];
  const started = await startProxy(t, { rules, endpoints: { main: backend.port }, filters }, options.proxy);
  const failures: FilterFailure[] = [];
  started.proxy.onFilterFailure = (failure) => failures.push(failure);
  const counts = (kind = "Custom") => started.proxy.stats.filter(`acme.io/${kind}`);
  return { backend, failures, counts, ...started };
}

/** Returns the message of a filter's failure. */
export const messageOf = (failure: FilterFailure | undefined) => (failure?.error as Error | undefined)?.message;
