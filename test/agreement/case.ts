/**
 * Case tables: a configuration, requests, and the expected results. They are data, so that `simulate` and the wire,
 * over any protocol, are tested by the same tables.
 */
export interface CaseTable {
  readonly name: string;
  /**
   * The configuration as YAML. Listeners are HTTP on 80 and 8080; over TLS they are HTTPS on 443 and 8443. Backends
   * need no declaration.
   */
  readonly configuration: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly what: string;
  readonly request: CaseRequest;
  /** The number of times that the request is sent, one after another. Default: once. */
  readonly times?: number;
  readonly expect: Expected;
  /** Differences if the connection uses TLS. */
  readonly overTLS?: Expected;
}

export interface CaseRequest {
  /** The method. Default: GET. */
  readonly method?: string;
  /** An absolute URL of scheme http. Over TLS it is translated like the listeners. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The host as the client writes it, if it differs from the URL's. */
  readonly authority?: string;
  readonly body?: string;
}

/** Expected results. Absent members are not checked, except `status`. */
export interface Expected {
  /** HTTP status. Default: 200, as the backends answer. */
  readonly status?: number;
  /** `namespace/name#index` of the rule of an HTTPRoute that matches the request; `none` if no rule does. */
  readonly rule?: string;
  readonly listener?: string;
  /** `namespace/name:port`. */
  readonly backend?: string;
  /** The exact number of requests that each backend receives. */
  readonly split?: Readonly<Record<string, number>>;
  /** The exact number of copies that each backend receives. */
  readonly mirrored?: Readonly<Record<string, number>>;
  readonly forwarded?: Forwarded;
  readonly location?: string;
  /** Fields of the response; null stands for an absent field. */
  readonly response?: Fields;
  /** Results on the wire only, which depend on time, on a failing backend, or on a backend's own response filters. */
  readonly onWire?: OnWire;
}

export interface OnWire {
  readonly status?: number;
  /** The number of requests at the backends for one of the client's. */
  readonly attempts?: number;
  readonly response?: Fields;
  /** The handshake fails, so that no request can be sent. */
  readonly handshake?: "refused";
}

export interface Forwarded {
  readonly method?: string;
  /** The request target, with the query. */
  readonly target?: string;
  readonly host?: string;
  readonly headers?: Fields;
}

/** Values by lower-case name; several values are joined with a comma. Null stands for an absent field. */
export type Fields = Readonly<Record<string, string | null>>;

/**
 * Returns a Gateway `default/g` of a class of this project's controller. By default, it has one listener for every host
 * on port 80.
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

/** Returns an HTTPRoute of that Gateway. Each rule is YAML in flow style. */
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

/** Returns a rule with a match and a backend on port 80; `rest` may have other members. */
export function rule(match: string, backend: string, rest = ""): string {
  const refs = backend === "" ? [] : [`backendRefs: [{ name: ${backend}, port: 80 }]`];
  const parts = [`matches: [${match}]`, ...refs, ...(rest === "" ? [] : [rest])];
  return `{ ${parts.join(", ")} }`;
}

/** Returns a rule with filters. Without a backend, the filters answer. */
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
