import type { Declared } from "../../../lib/api/declared/declared.ts";
import type { ApiObject } from "../../../lib/api/index.ts";
import { Certificates } from "../key-pairs.ts";
import type { Log } from "../log.ts";
import { Admission } from "./admission.ts";

/**
 * What counts of the objects of a cluster: of each the newest version that can be read, and of each Secret the newest
 * that holds a key pair. It outlives terms, and a process that waits keeps it as well: who leads next goes on with what
 * was in force, also if what there is now is no good.
 */
export class LastGood {
  readonly certificates = new Certificates();
  readonly #admission: Admission;

  constructor(log: Log) {
    this.#admission = new Admission(({ kind, metadata }, [finding]) => {
      const { namespace, name } = metadata;
      log("error", "an object cannot be read", { kind, namespace, name, field: finding?.field, why: finding?.message });
    });
  }

  /**
   * Takes in the newest state of the objects.
   *
   * @returns those that count, and the Secrets that stand by an earlier version: `AttachOptions.standing`.
   */
  admit(declared: readonly Declared[]): {
    readonly objects: readonly Declared<ApiObject>[];
    readonly standing: readonly string[];
  } {
    const objects = this.#admission.admit(declared);
    return { objects, standing: this.certificates.admit(objects) };
  }
}
