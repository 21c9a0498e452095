import { check } from "../../../../lib/analysis/check/check.ts";
import { routingModel } from "../../../../lib/analysis/traffic/model.ts";
import { simulate } from "../../../../lib/analysis/traffic/simulate.ts";
import { load } from "../../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import type { GrowthRow } from "../growth.ts";

type Fields = Readonly<Record<string, unknown>>;

const api = "gateway.networking.k8s.io/v1";
const many = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
const object = (kind: string, name: string, spec: Fields, metadata: Fields = {}, apiVersion = api) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "a", ...metadata },
  spec,
});
const gatewayClass = {
  apiVersion: api,
  kind: "GatewayClass",
  metadata: { name: "c" },
  spec: { controllerName: "gatewright.dev/gateway-controller" },
};
const listener = (i: number) => ({ name: `l${i}`, protocol: "HTTP", port: 80, hostname: `h${i}.io` });
const gateway = (listeners: number, metadata: Fields = {}) =>
  object("Gateway", "g", { gatewayClassName: "c", listeners: many(listeners, listener) }, metadata);
const route = (name: string, spec: Fields = {}, metadata: Fields = {}) =>
  object("HTTPRoute", name, { parentRefs: [{ name: "g" }], hostnames: ["h0.io"], ...spec }, metadata);
const service = (name: string) => object("Service", name, { ports: [{ port: 80 }] }, {}, "v1");
const path = (value: string) => ({ path: { type: "PathPrefix", value } });

/** From JSON to the verdicts and the answer to one request, as `check`, the controller and a proxy do it. */
function walk(make: (n: number) => readonly unknown[], size: number, name: string): GrowthRow {
  return {
    name,
    size,
    prepare: (n) => {
      const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: [gatewayClass, ...make(n)] });
      const parsed = parseDocuments(text, "f.json");
      return () => {
        const loaded = load([{ name: "f.json", ...parsed, texts: new Map() }], { channel: "experimental" });
        const { gateways } = routingModel(loaded, { undeclared: "exists" });
        return [check(loaded), gateways.map((one) => simulate(one, { url: "http://h0.io/p0" }))];
      };
    },
  };
}

export const objectRows: readonly GrowthRow[] = [
  walk(
    (n) => [gateway(1), ...many(n, (i) => route(`r${i}`, { rules: [{ matches: [path(`/p${i}`)] }] }))],
    60,
    "routes of a host",
  ),
  walk(
    (n) => [gateway(1), ...many(n, (i) => route(`r${i}`, { rules: [{ matches: [path("/p")] }] }))],
    60,
    "routes with the same match",
  ),
  walk(
    (n) => [
      gateway(1),
      ...many(n, (i) => route(`r${i}`, { rules: [{ matches: [{ headers: [{ name: "x", value: "y" }] }] }] })),
    ],
    60,
    "routes that want the same header",
  ),
  walk(
    (n) => [gateway(1), ...many(n, (i) => route(`r${i}`, { hostnames: many(4, (k) => `h${i}-${k}.io`) }))],
    40,
    "hostnames of routes",
  ),
  walk(
    (n) => [
      gateway(1),
      ...many(n, (i) =>
        route(`r${i}`, { rules: [{ matches: [{ path: { type: "RegularExpression", value: `/p${i}/[a-z]+` } }] }] }),
      ),
    ],
    60,
    "expressions of a host",
  ),
  walk(
    (n) => [
      gateway(1),
      ...many(n, (i) => service(`s${i}`)),
      ...many(n, (i) => route(`r${i}`, { rules: [{ backendRefs: [{ name: `s${i}`, port: 80 }] }] })),
    ],
    40,
    "Services and routes to them",
  ),
  walk(
    (n) => [
      gateway(1),
      route("r", { rules: [{ backendRefs: [{ name: "s", namespace: "b", port: 80 }] }] }),
      ...many(n, (i) =>
        object(
          "ReferenceGrant",
          `g${i}`,
          {
            from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: `n${i}` }],
            to: [{ group: "", kind: "Service" }],
          },
          { namespace: "b" },
          "gateway.networking.k8s.io/v1beta1",
        ),
      ),
    ],
    60,
    "grants",
  ),
  walk(
    (n) => [
      gateway(1),
      ...many(n, (i) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: `n${i}`, labels: { a: "b" } } })),
    ],
    100,
    "Namespaces",
  ),
  walk(
    (n) => [
      gateway(1),
      ...many(n, (i) => object("ListenerSet", `s${i}`, { parentRef: { name: "g" }, listeners: [listener(i + 1)] })),
    ],
    40,
    "ListenerSets",
  ),
  walk(
    (n) => many(n, (i) => object("Gateway", `g${i}`, { gatewayClassName: "c", listeners: [listener(0)] })),
    60,
    "Gateways",
  ),
  walk((n) => [gateway(n)], 16, "listeners of a Gateway"),
  walk(
    (n) => [gateway(1), route("r", { rules: many(n, (i) => ({ matches: many(8, (k) => path(`/p${i}-${k}`)) })) })],
    4,
    "rules of a route",
  ),
  walk(
    (n) => [gateway(1), route("r", { rules: [{ backendRefs: many(n, (i) => ({ name: `s${i}`, port: 80 })) }] })],
    4,
    "backends of a rule",
  ),
  walk(
    (n) => [
      gateway(1),
      route("r", {
        rules: [
          {
            filters: many(1, () => ({
              type: "RequestHeaderModifier",
              requestHeaderModifier: {
                set: many(n, (i) => ({ name: `x${i}`, value: "y" })),
                remove: many(n, (i) => `z${i}`),
              },
            })),
          },
        ],
      }),
    ],
    4,
    "names of a header modifier",
  ),
  walk(
    (n) => [
      gateway(1),
      route(
        "r",
        {},
        {
          annotations: Object.fromEntries(many(n, (i) => [`a${i}.io/k`, "v"])),
          labels: Object.fromEntries(many(n, (i) => [`l${i}`, "v"])),
        },
      ),
    ],
    500,
    "annotations and labels of a route",
  ),
  walk(
    (n) => [gateway(1, { annotations: Object.fromEntries(many(n, (i) => [`a${i}.io/k`, "v"])) })],
    500,
    "annotations of a Gateway",
  ),
  walk(
    (n) => [gateway(1), object("ConfigMap", "m", {}, { annotations: { a: "x".repeat(n) } }, "v1")],
    20_000,
    "characters of an annotation",
  ),
  walk(
    (n) => [
      gateway(1),
      ...many(n, (i) =>
        object("BackendTLSPolicy", `p${i}`, {
          targetRefs: [{ group: "", kind: "Service", name: "s" }],
          validation: { hostname: "a.io", wellKnownCACertificates: "System" },
        }),
      ),
    ],
    40,
    "policies for one Service",
  ),
  walk(
    (n) => [gateway(1), route("r", { parentRefs: many(n, (i) => ({ name: "g", sectionName: `l${i}` })) })],
    8,
    "parents of a route",
  ),
];
