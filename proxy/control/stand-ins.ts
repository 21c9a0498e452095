import { standInCodes } from "../../lib/findings/catalog/stand-ins.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { Attachment, ListenerAttachment, PolicyVerdict } from "../../lib/routing/attach/attachment.ts";
import { referenceOf } from "../../lib/routing/attach/findings.ts";
import type { BackendKey, GatewayIR, ListenerIR } from "../../lib/routing/ir.ts";
import type { KeyPair, KeyPairs } from "../dataplane/tls/key-pairs.ts";
import { backendAddress } from "./echo.ts";

/** Makes certificates in place of undeclared Secrets, so that HTTPS can be tried on a laptop. */
export class StandIns {
  #made = new Map<string, { readonly names: string; readonly pair: KeyPair }>();

  /**
   * Makes self-signed certificates, in memory only, for the references of listeners that `declared` does not contain.
   * They are for the listeners' hostnames or, without one, for the hostnames of their routes. A certificate stays as
   * long as its names do.
   */
  async of(gateways: readonly GatewayIR[], declared: KeyPairs): Promise<KeyPairs> {
    const made = new Map<string, { readonly names: string; readonly pair: KeyPair }>();
    for (const [secret, names] of wanted(gateways, declared)) {
      const known = this.#made.get(secret);
      const key = names.join(" ");
      made.set(secret, known?.names === key ? known : { names: key, pair: await selfSigned(names) });
    }
    this.#made = made;
    return new Map([...made].map(([secret, { pair }]) => [secret, pair]));
  }
}

/** The names of the local machine. */
const local = ["localhost", "127.0.0.1", "::1"];

function wanted(gateways: readonly GatewayIR[], declared: KeyPairs): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const listener of gateways.flatMap(({ ports }) => ports.flatMap(({ listeners }) => listeners))) {
    for (const { namespace, name } of listener.tls?.certificates ?? []) {
      const secret = `${namespace}/${name}`;
      if (declared.has(secret)) continue;
      found.set(secret, [...new Set([...hostnamesOf(listener), ...(found.get(secret) ?? local)])]);
    }
  }
  return found;
}

function hostnamesOf({ hostname, hosts }: ListenerIR): string[] {
  return hostname !== undefined ? [hostname] : hosts.map((host) => host.hostname).filter((host) => host !== "*");
}

async function selfSigned(names: readonly string[]): Promise<KeyPair> {
  // The module is loaded lazily: few configurations need it.
  const { issueCertificate } = await import("./issue-certificate.ts");
  return issueCertificate({ commonName: "Gatewright, self-signed", names });
}

/** Returns a finding for each stand-in certificate and the listener that references its Secret. */
export function standInNotes({ gateways, listenerSets }: Attachment, standIns: KeyPairs): Finding[] {
  return [...gateways.values(), ...listenerSets.values()].flatMap(({ declared, listeners }) =>
    listeners.flatMap((listener) =>
      namesOf(listener, standIns).map((secret): Finding => {
        const { title, fix } = standInCodes.GW2213;
        return {
          code: "GW2213",
          severity: "note",
          message: `${title}: ${secret}.`,
          object: referenceOf(declared.object),
          origin: declared.origin,
          field: `spec.listeners[${listener.index}].tls.certificateRefs`,
          fix: `${fix.slice(0, -1)}: --certificate ${secret}=CERT.pem,KEY.pem.`,
        };
      }),
    ),
  );
}

function namesOf({ serves, certificates }: ListenerAttachment, standIns: KeyPairs): string[] {
  if (!serves) return [];
  return certificates.map(({ namespace, name }) => `${namespace}/${name}`).filter((secret) => standIns.has(secret));
}

/** Removes TLS from these backends, since the echoes that stand in for them have no certificate. */
export function withoutTls(gateways: readonly GatewayIR[], echoed: ReadonlySet<BackendKey>): readonly GatewayIR[] {
  return gateways.map((gateway) => {
    const all = Object.entries(gateway.backends);
    if (!all.some(([key, { tls }]) => tls !== undefined && echoed.has(key))) return gateway;
    const backends = all.map(([key, backend]) => {
      const { tls: _, ...clear } = backend;
      return [key, echoed.has(key) ? clear : backend] as const;
    });
    return { ...gateway, backends: Object.fromEntries(backends) };
  });
}

/** Returns a finding for each backend that is reached in clear text although its policy requires TLS. */
export function clearTextNotes({ routes }: Attachment, echoed: ReadonlySet<BackendKey>): Finding[] {
  const notes = new Map<BackendKey, Finding>();
  for (const { target, backend } of [...routes.values()].flatMap(({ readings }) =>
    readings.flatMap(({ targets }) => [...targets.values()]),
  )) {
    if (!("backend" in target) || !echoed.has(target.backend) || backend?.policy === undefined) continue;
    notes.set(target.backend, clearTextNote(backend.policy, backendAddress(backend)));
  }
  return [...notes.values()];
}

function clearTextNote({ declared }: PolicyVerdict, backend: string): Finding {
  const { title, fix } = standInCodes.GW2507;
  return {
    code: "GW2507",
    severity: "note",
    message: `${title}: ${backend}.`,
    object: referenceOf(declared.object),
    origin: declared.origin,
    field: "spec.targetRefs",
    fix: `${fix.slice(0, -1)}: --backend ${backend}=HOST:PORT.`,
  };
}
