import type { Declared } from "../../lib/api/declared.ts";
import type { ApiObject, Secret } from "../../lib/api/index.ts";
import { keyPairOf } from "../../lib/routing/attach/certificates.ts";
import type { GatewayIR } from "../../lib/routing/ir.ts";
import { namespaceOf } from "../../lib/routing/objects.ts";
import type { KeyPair } from "../dataplane/tls/key-pairs.ts";

/**
 * The Secrets with certificates. A version of a Secret that holds no key pair leaves in force the last one that did:
 * its listener reports it and serves on.
 */
export class SecretKeyPairs {
  #good = new Map<string, Declared<ApiObject>>();

  /** The objects to serve by: the same list if there is nothing to put in place of what is declared. */
  withLastGood(objects: readonly Declared<ApiObject>[]): readonly Declared<ApiObject>[] {
    const good = new Map<string, Declared<ApiObject>>();
    let replaced = false;
    const served = objects.map((declared) => {
      const { object } = declared;
      if (object.kind !== "Secret") return declared;
      const key = keyOf(object);
      const standing = keyPairOf(object) === undefined ? this.#good.get(key) : declared;
      if (standing === undefined) return declared;
      good.set(key, standing);
      if (standing !== declared) replaced = true;
      return standing;
    });
    this.#good = good;
    return replaced ? served : objects;
  }

  /** The key pairs that listeners name. They go to the data plane beside the IR, never in it. */
  of(gateways: readonly GatewayIR[]): ReadonlyMap<string, KeyPair> {
    const found = new Map<string, KeyPair>();
    const listeners = gateways.flatMap(({ ports }) => ports.flatMap((port) => port.listeners));
    for (const { namespace, name } of listeners.flatMap(({ tls }) => tls?.certificates ?? [])) {
      const key = `${namespace}/${name}`;
      const secret = this.#good.get(key)?.object;
      const pair = secret?.kind === "Secret" ? keyPairOf(secret) : undefined;
      if (pair !== undefined) found.set(key, pair);
    }
    return found;
  }
}

function keyOf(secret: Secret): string {
  return `${namespaceOf(secret)}/${secret.metadata.name}`;
}
