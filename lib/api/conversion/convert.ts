import { type Finding, sourceOf } from "../../findings/finding.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { convertBackendPolicy, convertEarlyBackendTlsPolicy, type PortName } from "./backend-policies.ts";
import type { Binding, SelectingGateway } from "./bind-routes.ts";
import { type Fields, isFields, isList, present } from "./fields.ts";
import { convertGatewayClass } from "./gateway-class.ts";
import { Ledger } from "./ledger.ts";
import { type ConvertedGateway, convertGateway } from "./listeners.ts";
import { currentParents, withBindings } from "./parent-refs.ts";
import { RouteBinder } from "./route-binder.ts";
import { convertHttpRoute, convertStreamRoute } from "./routes.ts";
import { convertTlsRoute } from "./tls-routes.ts";
import { currentFormOf, defaultNamespace, gatewayGroup, groupOf, isFirstVocabulary } from "./versions.ts";

/** The objects in the current version, in the given order, and findings about parts that were lost or moved. */
export interface Converted {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
}

/**
 * Converts a set of objects to the current version of the Gateway API. It needs the whole set, because a Gateway of
 * v1alpha1 selects routes by labels, while current routes have parentRefs. Objects of the current version and of other
 * groups are unchanged, except for parentRefs that a selector adds. The given objects are not modified, and a missing
 * namespace stays missing. Never throws.
 */
export function convert(declared: readonly Declared[]): Converted {
  const entries = declared.map((one) => new Entry(one));
  const gateways = entries.flatMap((entry) => entry.selecting ?? []);
  const binder = new RouteBinder(gateways, labelsOfNamespaces(declared));
  const portName = portNames(declared);
  const tlsRoutes = new Set(
    declared.filter(({ object }) => object.kind === "TLSRoute").map(({ object }) => pathOf(object)),
  );
  const surroundings = { binder, portName, isTlsRoute: (path: string) => tlsRoutes.has(path) };
  const converted = entries.flatMap((entry) => entry.convert(surroundings));
  for (const entry of entries) if (entry.selecting !== undefined) binder.noteSelections(entry.selecting, entry.ledger);
  return {
    declared: converted,
    findings: [...noteConversions(declared), ...entries.flatMap((entry) => entry.ledger.findings)],
  };
}

/** The facts about other objects that the conversion of one object needs. */
interface Surroundings {
  readonly binder: RouteBinder;
  readonly portName: PortName;
  /** Returns true if a TLSRoute with this `namespace/name` is declared. */
  readonly isTlsRoute: (path: string) => boolean;
}

/** The conversion of one object. Gateways are converted first, since routes are bound to the resulting listeners. */
class Entry {
  readonly ledger: Ledger;
  readonly selecting: SelectingGateway | undefined;
  readonly #declared: Declared;
  readonly #gateway: ConvertedGateway | undefined;

  constructor(declared: Declared) {
    this.#declared = declared;
    this.ledger = new Ledger(declared);
    const { apiVersion, kind, metadata, spec } = declared.object;
    if (kind !== "Gateway" || !isFirstVocabulary(apiVersion) || !isFields(spec)) return;
    this.#gateway = convertGateway(spec, this.ledger);
    const { namespace = defaultNamespace, name } = metadata;
    this.selecting = { namespace, name, listeners: this.#gateway.selecting };
  }

  convert(surroundings: Surroundings): Declared[] {
    const { object, origin } = this.#declared;
    const current = currentFormOf(object);
    if (current === undefined && !isRoute(object)) return [this.#declared];
    const bindings = isRoute(object) ? surroundings.binder.bindingsOf(object, this.ledger) : [];
    if (current === undefined && bindings.length === 0 && !hasExperimentalParent(object)) return [this.#declared];
    const namespace = object.metadata.namespace ?? defaultNamespace;
    return this.#specs(surroundings).map(({ suffix, spec }) => {
      const bound = isRoute(object) && isFields(spec) ? this.#bind(spec, bindings, namespace) : spec;
      const metadata =
        suffix === "" ? object.metadata : { ...object.metadata, name: `${object.metadata.name}${suffix}` };
      return {
        object: { ...this.#withoutStatus(), ...current, metadata, ...present({ spec: bound }) } as AnyObject,
        origin,
      };
    });
  }

  /** The converted specs before routes are bound. There are several if the object must be divided. */
  #specs({ portName, isTlsRoute }: Surroundings): readonly { readonly suffix: string; readonly spec: unknown }[] {
    const { apiVersion, kind, spec, metadata } = this.#declared.object;
    if (!isFields(spec)) return [{ suffix: "", spec }];
    const namespace = metadata.namespace ?? defaultNamespace;
    if (isFirstVocabulary(apiVersion)) {
      switch (kind) {
        case "TLSRoute":
          return convertTlsRoute(spec, this.ledger, (suffix) =>
            isTlsRoute(`${pathOf(this.#declared.object)}${suffix}`),
          );
        case "GatewayClass":
          return [{ suffix: "", spec: convertGatewayClass(spec, this.ledger) }];
        case "Gateway":
          return [{ suffix: "", spec: this.#gateway?.spec ?? spec }];
        case "HTTPRoute":
          return [{ suffix: "", spec: convertHttpRoute(spec, this.ledger) }];
        case "BackendPolicy":
          this.#reportAppProtocol();
          return [
            {
              suffix: "",
              spec: convertBackendPolicy(
                spec,
                (service, port) => portName(`${namespace}/${service}`, port),
                this.ledger,
              ),
            },
          ];
        default:
          return [{ suffix: "", spec: convertStreamRoute(spec, this.ledger) }];
      }
    }
    if (kind === "BackendTLSPolicy" && apiVersion === `${gatewayGroup}/v1alpha2`) {
      return [{ suffix: "", spec: convertEarlyBackendTlsPolicy(spec, namespace, this.ledger) }];
    }
    return [{ suffix: "", spec }];
  }

  /** Sets a route's parentRefs. They replace `gateways` of v1alpha1, which has already been evaluated. */
  #bind(spec: Fields, bindings: readonly Binding[], namespace: string): Fields {
    const { gateways, parentRefs, ...rest } = spec;
    const kept = isFirstVocabulary(this.#declared.object.apiVersion) ? undefined : gateways;
    return present({
      parentRefs: withBindings(currentParents(parentRefs), bindings, namespace),
      gateways: kept,
      ...rest,
    });
  }

  /** Removes the status of v1alpha1, which has other conditions and another structure. Controllers write a new one. */
  #withoutStatus(): AnyObject {
    const { object } = this.#declared;
    if (!isFirstVocabulary(object.apiVersion) || object.status === undefined) return object;
    const { status, ...rest } = object;
    this.ledger.settled("status", "The status of v1alpha1 says nothing about the converted object", { given: status });
    return rest as AnyObject;
  }

  #reportAppProtocol(): void {
    const annotation = "networking.x-k8s.io/app-protocol";
    const given = this.#declared.object.metadata.annotations?.[annotation];
    if (given === undefined) return;
    this.ledger.lost(`metadata.annotations["${annotation}"]`, "The annotation is not read any more", {
      given,
      fix: "Set appProtocol on the port of the Service.",
    });
  }
}

function pathOf({ metadata }: AnyObject): string {
  return `${metadata.namespace ?? defaultNamespace}/${metadata.name}`;
}

const routeKinds: readonly string[] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

function isRoute({ apiVersion, kind }: AnyObject): boolean {
  return routeKinds.includes(kind) && (groupOf(apiVersion) === gatewayGroup || isFirstVocabulary(apiVersion));
}

function hasExperimentalParent({ spec }: AnyObject): boolean {
  return isFields(spec) && currentParents(spec.parentRefs) !== spec.parentRefs;
}

function labelsOfNamespaces(declared: readonly Declared[]) {
  const namespaces = declared.filter(({ object }) => object.apiVersion === "v1" && object.kind === "Namespace");
  return new Map(namespaces.map(({ object }) => [object.metadata.name, object.metadata.labels]));
}

function portNames(declared: readonly Declared[]): PortName {
  return (service, port) => {
    const found = declared.find(
      ({ object: { apiVersion, kind, metadata } }) =>
        apiVersion === "v1" &&
        kind === "Service" &&
        `${metadata.namespace ?? defaultNamespace}/${metadata.name}` === service,
    );
    const ports = isFields(found?.object.spec) ? found.object.spec.ports : undefined;
    const named = isList(ports) ? ports.find((one) => isFields(one) && one.port === port) : undefined;
    return isFields(named) && typeof named.name === "string" ? named.name : undefined;
  };
}

/** Creates one note per file and version, because one file may contain thousands of documents to convert. */
function noteConversions(declared: readonly Declared[]): Finding[] {
  const groups = new Map<
    string,
    { readonly first: Declared; readonly from: string; readonly to: string; count: number }
  >();
  for (const one of declared) {
    const { apiVersion } = one.object;
    const to = currentFormOf(one.object)?.apiVersion;
    if (to === undefined) continue;
    const place = sourceOf(one.origin);
    const key = `${place}\n${apiVersion}`;
    const group = groups.get(key) ?? { first: one, from: apiVersion, to, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, from, to, count }) => ({
    code: "GW1301",
    severity: "note",
    message: `${count} ${count === 1 ? "document was" : "documents were"} converted from ${from} to ${to}`,
    origin: "file" in first.origin ? { file: first.origin.file } : first.origin,
    fix: "`gatewright convert` writes the converted documents, to be kept in place of the old ones.",
  }));
}
