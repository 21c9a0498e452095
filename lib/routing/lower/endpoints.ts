import type { EndpointSlice } from "../../api/index.ts";
import type { ResolvedBackend } from "../attach/attachment.ts";
import type { EndpointIR } from "../ir.ts";
import { compareText, type RoutingObjects } from "../objects.ts";

/**
 * Returns the endpoints of a backend from its EndpointSlices, or undefined if it has none. A slice identifies a port by
 * its name in the Service (GEP-1911 leaves targetPort to the slices). An address may be in two slices while it moves
 * from one to the other; it is listed once.
 */
export function endpointsOf(backend: ResolvedBackend, objects: RoutingObjects): readonly EndpointIR[] | undefined {
  const key = `${backend.namespace}/${backend.name}`;
  const known = backend.kind === "Service" ? objects.slicesOfService : objects.slicesOfServiceImport;
  const slices = known.get(key);
  if (slices === undefined) return undefined;
  const found = new Map<string, EndpointIR>();
  for (const slice of slices) {
    for (const port of portsOf(slice, backend)) {
      for (const endpoint of endpointsAt(slice, port)) found.set(`${endpoint.address} ${port}`, endpoint);
    }
  }
  return [...found].sort(([a], [b]) => compareText(a, b)).map(([, endpoint]) => endpoint);
}

/** Returns the ports of a slice for a backend: by name, empty if unnamed, or by number if no source declares it. */
function portsOf(slice: EndpointSlice, { portName = "", port }: ResolvedBackend): readonly number[] {
  const ports = slice.ports ?? [];
  const named = ports.filter(({ name = "" }) => name === portName);
  const chosen = named.length > 0 || portName !== "" ? named : ports.filter((one) => one.port === port);
  return chosen.flatMap((one) => (one.port === undefined ? [] : [one.port]));
}

/** Absent conditions mean ready, serving if ready, and not terminating (discovery/v1 EndpointConditions). */
function endpointsAt(slice: EndpointSlice, port: number): readonly EndpointIR[] {
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions }) => {
    const ready = conditions?.ready ?? true;
    const serving = conditions?.serving ?? ready;
    const terminating = conditions?.terminating ?? false;
    return addresses.map((address) => ({ address, port, ready, serving, terminating }));
  });
}
