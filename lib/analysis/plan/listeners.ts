import type { GatewayIR, ListenerIR, PortIR } from "../../routing/ir.ts";
import { canonicalJson } from "../../routing/lower/canonical-json.ts";
import { fullName } from "../traffic/describe.ts";
import type { GatewayPair } from "./cells.ts";
import type { ListenerChange } from "./plan.ts";

/** Lists the listeners of a Gateway that open, close or change, on all its ports. */
export function listenerChangesOf({ before, after }: GatewayPair): readonly ListenerChange[] {
  const gateway = fullName((after ?? before)?.ir.gateway ?? { namespace: "", name: "" });
  const [old, now] = [listenersOf(before?.ir), listenersOf(after?.ir)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [a, b] = [old.get(key), now.get(key)];
    const { port, listener } = (b ?? a) as Placed;
    const change = changeBetween(a, b);
    return change === undefined ? [] : [{ gateway, port: port.port, listener: listener.name, change }];
  });
}

interface Placed {
  readonly port: PortIR;
  readonly listener: ListenerIR;
}

/** Keys listeners by port and name: one that moves to another port is a new listener. */
function listenersOf(ir: GatewayIR | undefined): ReadonlyMap<string, Placed> {
  return new Map(
    (ir?.ports ?? []).flatMap((port) =>
      port.listeners.map((listener) => {
        const { kind, namespace, name } = listener.parent;
        return [[port.port, kind, namespace, name, listener.name].join(" "), { port, listener }] as const;
      }),
    ),
  );
}

function changeBetween(before: Placed | undefined, after: Placed | undefined): string | undefined {
  if (before === undefined) return after && `opens: ${wordsOf(after)}`;
  if (after === undefined) return `closes: ${wordsOf(before)}`;
  if (wordsOf(before) !== wordsOf(after)) return `${wordsOf(before)} becomes ${wordsOf(after)}`;
  const [old, now] = [before.listener.tls, after.listener.tls];
  if (canonicalJson(old ?? null) === canonicalJson(now ?? null)) return undefined;
  const parts = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]) as Set<
    keyof NonNullable<ListenerIR["tls"]>
  >;
  const changed = [...parts].filter(
    (part) => canonicalJson(old?.[part] ?? null) !== canonicalJson(now?.[part] ?? null),
  );
  return changed.map((part) => `tls.${part}: ${shown(old?.[part])} → ${shown(now?.[part])}`).join("; ");
}

function wordsOf({ port, listener }: Placed): string {
  return `${listener.opaqueProtocol ?? listener.protocol ?? port.protocol} for ${listener.hostname ?? "every host"}`;
}

/** The text for a value in a listener. The IR holds names of Secrets and never their content. */
function shown(value: unknown): string {
  return value === undefined ? "none" : typeof value === "string" ? value : canonicalJson(value);
}
