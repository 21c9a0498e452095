import { closeSync, openSync } from "node:fs";
import { type Command, Option } from "commander";
import { expectsHeader } from "../../../proxy/dataplane/connection-preamble/trusted-senders.ts";
import { defaultLimits, type Limits } from "../../../proxy/dataplane/limits/limits.ts";
import type {
  AccessLogOptions,
  ForwardedForm,
  HeaderUnderscores,
  ProxyOptions,
  ProxyProtocol,
} from "../../../proxy/dataplane/proxy.ts";
import { credentialNames } from "../../api/kinds/credentials.ts";
import { repeatable } from "../context.ts";
import { UsageError } from "../report/terminal.ts";
import { assignments, fieldName, number } from "./arguments.ts";
import { ejectionOptions } from "./ejection.ts";
import { tracingOptions } from "./tracing.ts";

/** The parsed options of every command with a proxy. */
export interface ProxyFlags {
  readonly trustedHops?: string;
  readonly forwarded: ForwardedForm;
  readonly requestId: boolean;
  readonly via?: string;
  readonly headerUnderscores: HeaderUnderscores;
  readonly accessLog?: string;
  readonly accessLogQuery?: boolean;
  readonly accessLogHeader: readonly string[];
  readonly accessLogStatus?: string;
  readonly accessLogShare?: string;
  readonly otlpEndpoint?: string;
  readonly proxyProtocol?: string;
  readonly limit: readonly string[];
  readonly ejection: readonly string[];
}

/** Options for the proxy, and notes about them: settings of the environment that have no effect. */
export interface ReadProxyOptions {
  readonly options: ProxyOptions;
  readonly notes: readonly string[];
}

/** Adds the options that `dev` and `proxy` share. */
export function addProxyOptions(command: Command): Command {
  return command
    .option("--trusted-hops <number>", "proxies in front whose Forwarded, X-Forwarded and x-request-id are believed")
    .addOption(
      new Option("--forwarded <form>", "fields that tell backends who the client is")
        .choices(["x-forwarded", "forwarded", "both"] satisfies ForwardedForm[])
        .default("x-forwarded" satisfies ForwardedForm),
    )
    .option("--no-request-id", "make no x-request-id")
    .option("--via <name>", "the name to add to Via")
    .addOption(
      new Option("--header-underscores <action>", "what to do about request headers with an underscore in their name")
        .choices(["allow", "drop", "refuse"] satisfies HeaderUnderscores[])
        .default("allow" satisfies HeaderUnderscores),
    )
    .option("--access-log <file>", "where to write a line of JSON about each request; - for standard output")
    .option("--access-log-query", "write queries into the access log")
    .addOption(repeatable("--access-log-header <name>", "a field of requests to write into the access log"))
    .option("--access-log-status <status>", "write requests that are answered with this status or a higher one")
    .option("--access-log-share <share>", "of those with a lower status, write this share, 0 to 1")
    .option("--otlp-endpoint <url>", "where to send traces, instead of OTEL_EXPORTER_OTLP_ENDPOINT")
    .option("--proxy-protocol <senders>", "whose connections begin with a PROXY header: required, or ADDRESS,NETWORK,…")
    .addOption(repeatable("--limit <assignment>", "a limit of the proxy: NAME=NUMBER, bytes or milliseconds"))
    .addOption(
      repeatable("--ejection <assignment>", "when failing endpoints are left out: NAME=NUMBER, or statuses=502,…"),
    );
}

/** @throws UsageError for an invalid value. */
export function proxyOptions(flags: ProxyFlags, env: Readonly<Record<string, string | undefined>>): ReadProxyOptions {
  const { tracing, notes } = tracingOptions(flags.otlpEndpoint, env);
  const accessLog = accessLogOptions(flags);
  const proxyProtocol = proxyProtocolOption(flags.proxyProtocol);
  const limits = limitOptions(flags.limit);
  const ejection = ejectionOptions(flags.ejection);
  return {
    options: {
      trustedHops: number(flags.trustedHops ?? "0", "--trusted-hops", 0, 100, true),
      forwarded: flags.forwarded,
      requestId: flags.requestId,
      headerUnderscores: flags.headerUnderscores,
      ...(flags.via === undefined ? {} : { via: fieldName(flags.via, "--via") }),
      ...(accessLog === undefined ? {} : { accessLog }),
      ...(tracing === undefined ? {} : { tracing }),
      ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
      ...(limits === undefined ? {} : { limits }),
      ...(ejection === undefined ? {} : { ejection }),
    },
    notes,
  };
}

/**
 * The maximum number of headers in a line of the access log. Lines have a maximum size, of which each header gets a
 * part that should be worth reading.
 */
const mostHeaders = 16;

function accessLogOptions(flags: ProxyFlags): AccessLogOptions | undefined {
  const { accessLog, accessLogQuery = false, accessLogHeader, accessLogStatus, accessLogShare } = flags;
  if (accessLog === undefined) {
    const alone = accessLogQuery || accessLogHeader.length > 0 || (accessLogStatus ?? accessLogShare) !== undefined;
    if (alone) throw new UsageError("--access-log-…: there is no access log without --access-log FILE");
    return undefined;
  }
  if (accessLog === "") throw new UsageError("--access-log: expected a file, or - for standard output");
  if (accessLogHeader.length > mostHeaders) {
    throw new UsageError(
      `--access-log-header: given ${accessLogHeader.length} times; up to ${mostHeaders} are written`,
    );
  }
  if (accessLogShare !== undefined && accessLogStatus === undefined) {
    throw new UsageError("--access-log-share: say with --access-log-status from which status on all are written");
  }
  // A file that cannot be written is reported here, and not by every worker.
  if (accessLog !== "-") closeSync(openSync(accessLog, "a", 0o640));
  return {
    to: accessLog === "-" ? 1 : accessLog,
    query: accessLogQuery,
    credentials: credentialNames,
    headers: [...new Set(accessLogHeader.map((name) => fieldName(name, "--access-log-header").toLowerCase()))],
    lowestStatus: number(accessLogStatus ?? "0", "--access-log-status", 0, 599, true),
    share: number(accessLogShare ?? "0", "--access-log-share", 0, 1, false),
  };
}

function proxyProtocolOption(senders: string | undefined): ProxyProtocol | undefined {
  if (senders === undefined || senders === "required") return senders;
  const option = { from: senders.split(",").map((sender) => sender.trim()) };
  try {
    expectsHeader(option);
    return option;
  } catch {
    throw new UsageError(
      `--proxy-protocol ${senders}: expected required, or addresses and networks such as 10.0.0.0/8,fd00::/8`,
    );
  }
}

function limitOptions(values: readonly string[]): Partial<Limits> | undefined {
  if (values.length === 0) return undefined;
  const limits: Record<string, number> = {};
  for (const [name, digits] of assignments(values, "--limit", "NAME=NUMBER", Object.keys(defaultLimits))) {
    limits[name] = number(digits, `--limit ${name}`, 0, Number.MAX_SAFE_INTEGER, true);
  }
  return limits;
}
