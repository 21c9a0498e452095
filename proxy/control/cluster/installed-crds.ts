import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { gatewayCrdNames } from "../../../lib/api/load/crd-version.ts";
import { hasStatus, isNotFound } from "../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";

/** The annotation with a CRD's release of the Gateway API (GatewayClassConditionStatusSupportedVersion). */
const bundleVersion = "gateway.networking.k8s.io/bundle-version";

/** The annotation with the channel of a CRD. */
const channel = "gateway.networking.k8s.io/channel";

const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const gatewaysCrd = "gateways.gateway.networking.k8s.io";

/** Milliseconds between two checks: CRDs are replaced a few times a year. */
const interval = 60_000;

/** The CRDs of the Gateway API that are installed in a cluster. */
export interface InstalledCrds {
  /** The releases of the CRDs, sorted and unique. */
  readonly versions: readonly string[];
  /** Gateways have the fields of the experimental channel. */
  readonly experimental: boolean;
}

/** Checks which CRDs of the Gateway API are installed in the cluster. */
export class CrdWatch {
  readonly #server: ApiServer;
  readonly #changed: () => void;
  #found: InstalledCrds | undefined;

  constructor(server: ApiServer, changed: () => void) {
    this.#server = server;
    this.#changed = changed;
  }

  /** The CRDs. Undefined: they are not read yet, may not be read, or do not name their release. */
  get found(): InstalledCrds | undefined {
    return this.#found;
  }

  /** Checks until the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await this.#read();
      if (signal.aborted) return;
      if (!isDeepStrictEqual(found, this.#found)) {
        this.#found = found;
        this.#changed();
      }
      await sleep(interval, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Reads the CRDs. A missing CRD does not count. The last result stays while the API server does not answer. */
  async #read(): Promise<InstalledCrds | undefined> {
    try {
      const crds = await Promise.all(gatewayCrdNames.map((name) => this.#get(name)));
      const there = crds.filter((crd) => crd !== undefined);
      const told = there.flatMap(({ metadata }) => metadata.annotations?.[bundleVersion] ?? []);
      if (told.length === 0 || told.length < there.length) return undefined;
      const gateways = there.find(({ metadata }) => metadata.name === gatewaysCrd);
      return {
        versions: [...new Set(told)].sort(),
        experimental: gateways?.metadata.annotations?.[channel] === "experimental",
      };
    } catch (error) {
      return hasStatus(error, 403) ? undefined : this.#found;
    }
  }

  async #get(name: string): Promise<AnyObject | undefined> {
    try {
      return await this.#server.json<AnyObject>({
        method: "GET",
        path: `${path}/${name}`,
        kind: "CustomResourceDefinition",
      });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
