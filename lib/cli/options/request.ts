import { Command } from "commander";
import { fullName } from "../../analysis/traffic/describe.ts";
import type { SimulatedRequest } from "../../analysis/traffic/route-request.ts";
import { type Context, repeatable } from "../context.ts";
import { commanderOutput } from "../report/commander-output.ts";
import { UsageError } from "../report/terminal.ts";
import { header, namespacedName } from "./arguments.ts";

/** Options of a request. They may be before or after `--`. */
export interface RequestOptions {
  readonly header: readonly string[];
  readonly gateway?: string;
}

export function withRequestOptions(command: Command): Command {
  return command
    .addOption(repeatable("-H, --header <header>", "a header of the request, 'name: value'; Host decides the host"))
    .option("--gateway <gateway>", "NAMESPACE/NAME of the Gateway that gets the request (default: each one)");
}

/**
 * Parses the request after `--`. An option that has no effect is a UsageError, since the explanation would be for
 * another request.
 */
export function parseRequest(
  { rest, terminal }: Context,
  before: RequestOptions,
): { readonly request: SimulatedRequest; readonly gateway: string | undefined } {
  refuseUnknownOptions(rest);
  const behind = withRequestOptions(new Command("explain … --"))
    .argument("<method>", "request method, such as GET")
    .argument("<url>", "absolute URL, such as http://acme.io/store, or a path with -H 'Host: …'")
    .usage("METHOD URL [-H 'name: value']... [--gateway NAMESPACE/NAME]")
    .exitOverride()
    .configureOutput(commanderOutput(terminal))
    .parse(rest, { from: "user" });
  const [method = "", url = ""] = behind.args;
  const own: RequestOptions = behind.opts();
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new UsageError(`${method}: not a request method`);
  const fields = [...before.header, ...own.header].map(header);
  const hosts = fields.filter(({ name }) => name === "host");
  if (hosts.length > 1) throw new UsageError("-H Host: given twice; a request has one Host field");
  if (!isTarget(method, url, hosts.length > 0)) {
    throw new UsageError(
      `${url}: expected an absolute http or https URL, such as http://acme.io/store, or a path with -H 'Host: acme.io'`,
    );
  }
  // A URL parser would remove them, and the explanation would be for another request.
  if (/\p{Cc}/u.test(url)) throw new UsageError(`${url}: a URL holds no control characters; percent-encode them`);
  for (const { name } of fields) refuseFraming(name);
  const headers = Object.fromEntries(
    fields.map(({ name }) => [name, fields.filter((field) => field.name === name).map(({ value }) => value)]),
  );
  const gateway = own.gateway ?? before.gateway;
  const named = gateway === undefined ? undefined : fullName(namespacedName(gateway, "--gateway"));
  return { request: { method, url, headers }, gateway: named };
}

function isTarget(method: string, url: string, hasHost: boolean): boolean {
  return /^https?:\/\/[^/]/i.test(url) || (hasHost && (url.startsWith("/") || (url === "*" && method === "OPTIONS")));
}

/** Refuses headers that announce a body: it does not affect routing, and the length would be forwarded without it. */
function refuseFraming(name: string): void {
  if (name !== "content-length" && name !== "transfer-encoding") return;
  throw new UsageError(`-H ${name}: announces a body, and none is sent; no rule can ask for this header, leave it out`);
}

/** Advice for options of curl that `explain` does not have. */
const insteadOf: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /^(-d|--data.*|--json|-F|--form.*|-T|--upload-file)/,
    "no body is sent, and none has a part in routing: leave it out",
  ],
  [/^(--resolve|--connect-to)\b/, "no connection is made: the URL's port decides the listener, -H 'Host: …' the host"],
  [/^(-0|--http[0-9].*|--proto.*)$/, "routing is the same for each version of HTTP: leave it out"],
  [/^(-X|--request)/, "write the method first, as METHOD URL"],
  [/^(-I|--head)$/, "write the method HEAD first"],
  [/^(-u|--user)\b/, "write -H 'Authorization: …'"],
  [/^(-A|--user-agent)\b/, "write -H 'User-Agent: …'"],
  [/^(-b|--cookie)\b/, "write -H 'Cookie: …'"],
  [/^(-e|--referer)\b/, "write -H 'Referer: …'"],
  [/^(-k|--insecure|--cacert|--cert|-E|--key|--tls.*|--ciphers)/, "no connection is made: leave it out"],
  [
    /^(-x|--proxy|--haproxy-protocol)/,
    "no connection is made, and the client's address has no part in routing: leave it out",
  ],
  [/^(-L|--location)/, "the answer to one request is explained: ask again with the location"],
];

function refuseUnknownOptions(rest: readonly string[]): void {
  for (let i = 0; i < rest.length; i++) {
    const argument = rest[i] as string;
    if (/^(-H|--header|--gateway)$/.test(argument)) i++;
    else if (argument.startsWith("-") && !/^(-H|--header=|--gateway=|-h$|--help$)/.test(argument)) {
      const [, instead] = insteadOf.find(([pattern]) => pattern.test(argument)) ?? [];
      const known = "allowed are METHOD URL, -H 'name: value' and --gateway NAMESPACE/NAME";
      throw new UsageError(`${argument}: explain cannot honour it; ${instead ?? known}`);
    }
  }
}
