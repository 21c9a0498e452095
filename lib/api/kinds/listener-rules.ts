import type { Rule } from "../schema/schema.ts";
import { eachEarlier } from "./route.ts";

type ListenerLike = { name: string; port: number; protocol: string; hostname?: string; tls?: { mode: string } };

const plain = ["HTTP", "TCP", "UDP"];

/**
 * The rules on a list of listeners. `unique` is the uniqueness rule's CEL, which differs for Gateway and ListenerSet.
 */
export const listenerRules = (unique: string): readonly Rule<readonly ListenerLike[]>[] => [
  {
    code: "GW1242",
    cel: "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
    violations: (self) =>
      each(
        self,
        ({ protocol, tls }) => plain.includes(protocol) && tls !== undefined,
        "tls",
        ({ protocol }) => ({
          message: `A listener of protocol ${protocol} has no TLS.`,
          given: protocol,
          allowed: "HTTPS or TLS",
          fix: "Remove tls, or make the protocol HTTPS or TLS.",
        }),
      ),
  },
  {
    code: "GW1242",
    cel: "self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == 'Terminate') : true)",
    violations: (self) =>
      each(
        self,
        ({ protocol, tls }) => protocol === "HTTPS" && tls !== undefined && tls.mode !== "Terminate",
        "tls",
        ({ tls }) => ({
          message: "An HTTPS listener terminates TLS: it could not read the request otherwise.",
          given: tls?.mode,
          allowed: "Terminate",
          fix: "Set tls.mode to Terminate, or the protocol to TLS.",
        }),
      ),
  },
  {
    code: "GW1242",
    cel: "self.all(l, (l.protocol == 'TLS' ? has(l.tls) && has(l.tls.mode) && l.tls.mode != '' : true))",
    violations: (self) =>
      each(
        self,
        ({ protocol, tls }) => protocol === "TLS" && tls === undefined,
        "tls",
        () => ({
          message: "A TLS listener says what happens to TLS.",
          allowed: "Terminate, Passthrough",
          fix: "Add tls with a mode.",
        }),
      ),
  },
  {
    code: "GW1242",
    cel: "self.all(l, l.protocol in ['TCP', 'UDP'] ? (!has(l.hostname) || l.hostname == '') : true)",
    violations: (self) =>
      each(
        self,
        (listener) => ["TCP", "UDP"].includes(listener.protocol) && "hostname" in listener,
        "hostname",
        ({ protocol }) => ({
          message: `${protocol} carries no hostname.`,
          fix: "Remove hostname.",
        }),
      ),
  },
  {
    code: "GW1243",
    cel: "self.all(l1, self.exists_one(l2, l1.name == l2.name))",
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => a.name === b.name,
        (i, { name }) => ({
          path: [i, "name"],
          message: "Two listeners have the same name.",
          given: name,
          fix: "Give each listener a name of its own.",
        }),
      ),
  },
  {
    code: "GW1243",
    cel: unique,
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => a.port === b.port && a.protocol === b.protocol && a.hostname === b.hostname,
        (i, { port, protocol, hostname }) => ({
          path: [i],
          message: "Two listeners have the same port, protocol and hostname.",
          given: `${protocol} ${port}${hostname === undefined ? "" : ` ${hostname}`}`,
          fix: "Give one of them another hostname or port, or merge them.",
        }),
      ),
  },
];

function each(
  self: readonly ListenerLike[],
  wrong: (listener: ListenerLike) => boolean,
  field: string,
  violation: (listener: ListenerLike) => { message: string; given?: unknown; allowed?: string; fix: string },
) {
  return self.flatMap((one, i) => (wrong(one) ? [{ path: [i, field], ...violation(one) }] : []));
}
