/**
 * Case tables: a configuration, requests, and what must become of them. They are data, so that `simulate` and the wire,
 * over whichever protocol, are held to the same words.
 */
export interface CaseTable {
  readonly name: string;
  /** YAML. Listeners are HTTP on 80 and 8080; over TLS they are HTTPS on 443 and 8443. Backends need no declaration. */
  readonly configuration: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly what: string;
  readonly request: CaseRequest;
  /** How many times the request is sent, one after another. Default: once. */
  readonly times?: number;
  readonly expect: Expected;
  /** What differs where the connection is TLS. */
  readonly overTLS?: Expected;
}

export interface CaseRequest {
  /** GET when absent. */
  readonly method?: string;
  /** Absolute, of scheme http. Over TLS it is translated with the listeners. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The host as the client writes it, where that is not the URL's. */
  readonly authority?: string;
  readonly body?: string;
}

/** Whatever is absent is not looked at, but for `status`. */
export interface Expected {
  /** Default: 200, which is what the backends answer. */
  readonly status?: number;
  /** `namespace/name#index` of the HTTPRoute's rule that takes the request; `none` where no rule may. */
  readonly rule?: string;
  readonly listener?: string;
  /** `namespace/name:port`. */
  readonly backend?: string;
  /** Of the requests that are sent, how many each backend gets, exactly. */
  readonly split?: Readonly<Record<string, number>>;
  /** How many copies each backend gets, exactly. */
  readonly mirrored?: Readonly<Record<string, number>>;
  readonly forwarded?: Forwarded;
  readonly location?: string;
  /** Fields of the response; null is one that must not be there. */
  readonly response?: Fields;
  /** Only the wire has these: what time, a failing backend, or a backend's own response filters make of it. */
  readonly onWire?: OnWire;
}

export interface OnWire {
  readonly status?: number;
  /** How many requests the backends get for one of the client's. */
  readonly attempts?: number;
  readonly response?: Fields;
  /** The connection is refused in its handshake: nothing can be asked. */
  readonly handshake?: "refused";
}

export interface Forwarded {
  readonly method?: string;
  /** With the query. */
  readonly target?: string;
  readonly host?: string;
  readonly headers?: Fields;
}

/** By lower-case name, several values joined with a comma; null is one that must not be there. */
export type Fields = Readonly<Record<string, string | null>>;

/**
 * One Gateway `default/g` with a listener for every host on port 80, unless `listeners` says otherwise, of a class of this
 * project's controller.
 */
export function gateway(listeners = "{ name: http, protocol: HTTP, port: 80 }"): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: gatewright.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners:
${listItems(listeners)}`;
}

/** One HTTPRoute of that Gateway. Each rule is YAML in flow style. */
export function route(name: string, rules: readonly string[], spec = ""): string {
  return `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
${spec.includes("parentRefs") ? "" : "  parentRefs: [{ name: g }]\n"}${spec === "" ? "" : `  ${spec}\n`}  rules:
${rules.map((rule) => `  - ${rule}\n`).join("")}`;
}

function listItems(lines: string): string {
  return lines
    .trim()
    .split("\n")
    .map((line) => `  - ${line.trim()}\n`)
    .join("");
}

/** A rule: a match, and a backend on port 80 or whatever else `rest` says. */
export function rule(match: string, backend: string, rest = ""): string {
  const refs = backend === "" ? [] : [`backendRefs: [{ name: ${backend}, port: 80 }]`];
  const parts = [`matches: [${match}]`, ...refs, ...(rest === "" ? [] : [rest])];
  return `{ ${parts.join(", ")} }`;
}

/** A rule with filters. Without a backend the filters answer. */
export function filtered(match: string, backend: string, filters: string): string {
  return rule(match, backend, `filters: [${filters}]`);
}

export function prefix(value: string): string {
  return `{ path: { type: PathPrefix, value: ${JSON.stringify(value)} } }`;
}

export function exact(value: string): string {
  return `{ path: { type: Exact, value: ${JSON.stringify(value)} } }`;
}

export function regex(value: string): string {
  return `{ path: { type: RegularExpression, value: ${JSON.stringify(value)} } }`;
}
