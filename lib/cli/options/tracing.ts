import { readFileSync } from "node:fs";
import type { Sampling, TracingOptions } from "../../../proxy/dataplane/proxy.ts";
import { UsageError } from "../report/terminal.ts";
import { version } from "../version.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The tracing options of the environment, and notes about settings that have no effect. */
export interface ReadTracingOptions {
  readonly tracing: TracingOptions | undefined;
  readonly notes: readonly string[];
}

/**
 * Reads the variables that OpenTelemetry specifies for all its SDKs ("Environment Variable Specification", "OTLP
 * exporter"). As it requires, an invalid variable is reported and its default is used. An invalid option of the command
 * line is an error.
 *
 * @param endpoint of the command line; it overrides the environment.
 * @throws UsageError if `endpoint` is no URL of http or https.
 */
export function tracingOptions(endpoint: string | undefined, env: Environment): ReadTracingOptions {
  const notes: string[] = [];
  const url = endpoint === undefined ? urlOf(env, notes) : tracesUrl(endpoint, "--otlp-endpoint");
  if (url === undefined || (endpoint === undefined && isOff(env, notes))) return { tracing: undefined, notes };
  const certificateAuthorities = certificates(env, notes);
  const number = (name: string, unit: string) => numberOf(env, name, unit, notes);
  const tracing = {
    url,
    headers: {
      ...pairs(env, "OTEL_EXPORTER_OTLP_HEADERS", notes),
      ...pairs(env, "OTEL_EXPORTER_OTLP_TRACES_HEADERS", notes),
    },
    resource: resourceOf(env, notes),
    sampling: sampling(env, notes),
    ...(certificateAuthorities !== undefined && { certificateAuthorities }),
    ...defined("queueSize", number("OTEL_BSP_MAX_QUEUE_SIZE", "spans")),
    ...defined("batchSize", number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "spans")),
    ...defined("delay", number("OTEL_BSP_SCHEDULE_DELAY", "milliseconds")),
    ...defined(
      "timeout",
      number("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "milliseconds") ??
        number("OTEL_EXPORTER_OTLP_TIMEOUT", "milliseconds"),
    ),
  };
  return { tracing, notes };
}

/** Returns the URL for traces. The base URL gets the path of traces; the variable for traces alone is used as is. */
function urlOf(env: Environment, notes: string[]): string | undefined {
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  try {
    if (own) return httpUrl(own, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").href;
    return base ? tracesUrl(base, "OTEL_EXPORTER_OTLP_ENDPOINT") : undefined;
  } catch (error) {
    notes.push(`${(error as Error).message}; nothing is traced`);
    return undefined;
  }
}

function tracesUrl(base: string, where: string): string {
  const url = httpUrl(base, where);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
  return url.href;
}

function httpUrl(text: string, where: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new UsageError(`${where} ${text}: expected a URL of http or https, such as http://127.0.0.1:4318`);
}

function isOff(env: Environment, notes: string[]): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === "true" || env.OTEL_TRACES_EXPORTER === "none") return true;
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || "http/json";
  if (protocol === "http/json") return false;
  if (protocol === "http/protobuf") {
    // Receivers accept both encodings at the same address (OTLP specification, "OTLP/HTTP Request").
    notes.push(
      "OTEL_EXPORTER_OTLP_PROTOCOL http/protobuf: traces are sent as http/json, which OTLP receivers take as well",
    );
    return false;
  }
  notes.push(`OTEL_EXPORTER_OTLP_PROTOCOL ${protocol}: expected http/json, mostly on port 4318; nothing is traced`);
  return true;
}

function sampling(env: Environment, notes: string[]): Sampling {
  const name = env.OTEL_TRACES_SAMPLER || "parentbased_always_on";
  const [, parent, kind] = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name) ?? [];
  if (kind === undefined) {
    notes.push(`OTEL_TRACES_SAMPLER ${name}: not known here; parentbased_always_on is taken`);
    return { ratio: 1, followsCaller: true };
  }
  const followsCaller = parent !== undefined;
  if (kind !== "traceidratio") return { ratio: kind === "always_on" ? 1 : 0, followsCaller };
  const argument = env.OTEL_TRACES_SAMPLER_ARG || "1";
  const ratio = Number(argument);
  if (ratio >= 0 && ratio <= 1) return { ratio, followsCaller };
  notes.push(`OTEL_TRACES_SAMPLER_ARG ${argument}: expected a number from 0 to 1; 1 is taken`);
  return { ratio: 1, followsCaller };
}

function resourceOf(env: Environment, notes: string[]): Readonly<Record<string, string>> {
  return {
    "service.name": "gatewright",
    "service.version": version,
    ...pairs(env, "OTEL_RESOURCE_ATTRIBUTES", notes),
    ...(env.OTEL_SERVICE_NAME ? { "service.name": env.OTEL_SERVICE_NAME } : {}),
  };
}

/** Parses `name=value,name=value`, where values are percent-encoded. */
function pairs(env: Environment, variable: string, notes: string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const pair of (env[variable] ?? "").split(",")) {
    if (pair.trim() === "") continue;
    const [, name = "", value = ""] = /^\s*([^=\s]+)\s*=(.*)$/.exec(pair) ?? [];
    try {
      if (name === "") throw new URIError("no name");
      found[decodeURIComponent(name)] = decodeURIComponent(value.trim());
    } catch {
      // The value may be a key, so the message does not repeat it.
      notes.push(`${variable}: expected NAME=VALUE,NAME=VALUE with percent-encoded values; one pair is left out`);
    }
  }
  return found;
}

function certificates(env: Environment, notes: string[]): string | undefined {
  const file = env.OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE || env.OTEL_EXPORTER_OTLP_CERTIFICATE;
  if (!file) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    notes.push(`OTEL_EXPORTER_OTLP_CERTIFICATE: ${(error as Error).message}; those of Node.js are taken`);
    return undefined;
  }
}

function numberOf(env: Environment, variable: string, unit: string, notes: string[]): number | undefined {
  const text = env[variable];
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  notes.push(`${variable} ${text}: expected a number of ${unit} above 0; the default is taken`);
  return undefined;
}

function defined<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, number>);
}
