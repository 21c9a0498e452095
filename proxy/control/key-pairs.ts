import type { Declared } from "../../lib/api/declared/declared.ts";
import type { ApiObject, ConfigMap, Secret } from "../../lib/api/index.ts";
import { keyPairOf, trustAnchorsOf } from "../../lib/routing/attach/certificates.ts";
import type { BackendTlsIR, GatewayIR, ListenerIR } from "../../lib/routing/ir.ts";
import { namespaceOf } from "../../lib/routing/objects.ts";
import type { KeyPair, KeyPairs, TrustAnchors } from "../dataplane/tls/key-pairs.ts";

/**
 * The key pairs and CA certificates in Secrets and ConfigMaps. If the new version of a Secret has no key pair, the last
 * one stays in force, and the objects that reference it report that. Of CA certificates only the current version
 * counts.
 */
export class Certificates {
  #keyPairs = new Map<string, KeyPair>();
  #trustAnchors = new Map<string, string>();

  /**
   * Takes in the newest state of the objects.
   *
   * @returns the Secrets of which an earlier version stays in force: `AttachOptions.standing`.
   */
  admit(objects: readonly Declared<ApiObject>[]): readonly string[] {
    const keyPairs = new Map<string, KeyPair>();
    const trustAnchors = new Map<string, string>();
    const standing: string[] = [];
    for (const { object } of objects) {
      if (object.kind !== "Secret" && object.kind !== "ConfigMap") continue;
      const key = keyOf(object);
      const pair = object.kind === "Secret" ? keyPairOf(object) : undefined;
      const anchors = trustAnchorsOf(object);
      const lastPair = pair ?? this.#keyPairs.get(key);
      if (lastPair !== undefined) keyPairs.set(key, lastPair);
      if (anchors !== undefined) trustAnchors.set(key, anchors);
      if (lastPair !== pair) standing.push(key);
    }
    this.#keyPairs = keyPairs;
    this.#trustAnchors = trustAnchors;
    return standing;
  }

  /** Returns the key pairs for clients and backends. They reach the data plane beside the IR, never in it. */
  keyPairs(gateways: readonly GatewayIR[]): KeyPairs {
    const named = [
      ...listenersOf(gateways).flatMap(({ tls }) => tls?.certificates ?? []),
      ...backendTlsOf(gateways).flatMap(({ clientCertificate }) => clientCertificate ?? []),
    ];
    return new Map(
      named.flatMap(({ namespace, name }) => {
        const pair = this.#keyPairs.get(`Secret/${namespace}/${name}`);
        return pair === undefined ? [] : [[`${namespace}/${name}`, pair]];
      }),
    );
  }

  /** Returns the CA certificates by which clients and backends are validated. */
  trustAnchors(gateways: readonly GatewayIR[]): TrustAnchors {
    const named = [
      ...listenersOf(gateways).flatMap(({ tls }) => tls?.clientValidation?.caCertificates ?? []),
      ...backendTlsOf(gateways).flatMap(({ trust }) => (trust === "System" ? [] : trust)),
    ];
    return new Map(
      named.flatMap(({ kind, namespace, name }) => {
        const key = `${kind}/${namespace}/${name}`;
        const anchors = this.#trustAnchors.get(key);
        return anchors === undefined ? [] : [[key, anchors]];
      }),
    );
  }
}

function listenersOf(gateways: readonly GatewayIR[]): ListenerIR[] {
  return gateways.flatMap(({ ports }) => ports.flatMap(({ listeners }) => listeners));
}

function backendTlsOf(gateways: readonly GatewayIR[]): BackendTlsIR[] {
  return gateways.flatMap(({ backends }) => Object.values(backends).flatMap(({ tls }) => tls ?? []));
}

function keyOf(object: Secret | ConfigMap): string {
  return `${object.kind}/${namespaceOf(object)}/${object.metadata.name}`;
}
