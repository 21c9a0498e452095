import { setTimeout as sleep } from "node:timers/promises";
import { gatewayCrdNames } from "../../../lib/api/crd-version.ts";
import type { AnyObject } from "../../../lib/api/declared.ts";
import { ApiError } from "../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";

/** What CRDs of the Gateway API say of which release they are (GatewayClassConditionStatusSupportedVersion). */
const bundleVersion = "gateway.networking.k8s.io/bundle-version";

const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Milliseconds between two looks: CRDs are replaced a few times a year. */
const interval = 60_000;

/** The releases of the Gateway API whose CRDs the cluster has. */
export class CrdVersions {
  readonly #server: ApiServer;
  readonly #changed: () => void;
  #found: readonly string[] | undefined;

  constructor(server: ApiServer, changed: () => void) {
    this.#server = server;
    this.#changed = changed;
  }

  /** Sorted, each once. Undefined: nobody has told, or the CRDs may not be read, or do not say it. */
  get found(): readonly string[] | undefined {
    return this.#found;
  }

  /** Looks until the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await this.#read();
      if (signal.aborted) return;
      if (found?.join() !== this.#found?.join()) {
        this.#found = found;
        this.#changed();
      }
      await sleep(interval, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** A CRD that is not there is none of another version. What was found holds while the server does not answer. */
  async #read(): Promise<readonly string[] | undefined> {
    try {
      const crds = await Promise.all(gatewayCrdNames.map((name) => this.#get(name)));
      const versions = crds.flatMap((crd) => (crd === undefined ? [] : [crd.metadata.annotations?.[bundleVersion]]));
      const told = versions.filter((version) => version !== undefined);
      return told.length === 0 || told.length < versions.length ? undefined : [...new Set(told)].sort();
    } catch (error) {
      return error instanceof ApiError && error.status === 403 ? undefined : this.#found;
    }
  }

  async #get(name: string): Promise<AnyObject | undefined> {
    try {
      return await this.#server.json<AnyObject>({ method: "GET", path: `${path}/${name}` });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}
