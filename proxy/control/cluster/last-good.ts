import type { Declared } from "../../../lib/api/declared/declared.ts";
import type { ApiObject } from "../../../lib/api/index.ts";
import { Certificates } from "../key-pairs.ts";
import type { Log } from "../log.ts";
import { ObjectAdmission } from "./admission.ts";

/**
 * The versions of a cluster's objects that are in force: the newest valid version of each object, and of each Secret
 * the newest with a key pair. They outlive terms, and a process that does not lead keeps them as well: a new leader
 * continues with what was in force even if the current version is invalid.
 */
export class LastGoodObjects {
  readonly certificates = new Certificates();
  readonly #admission: ObjectAdmission;

  constructor(log: Log) {
    this.#admission = new ObjectAdmission(({ kind, metadata }, [finding]) => {
      const { namespace, name } = metadata;
      log("error", "an object cannot be read", { kind, namespace, name, field: finding?.field, why: finding?.message });
    });
  }

  /**
   * Takes in the newest state of the objects.
   *
   * @returns the objects in force, and the Secrets of which an earlier version is in force: `AttachOptions.standing`.
   */
  admit(declared: readonly Declared[]): {
    readonly objects: readonly Declared<ApiObject>[];
    readonly standing: readonly string[];
  } {
    const objects = this.#admission.admit(declared);
    return { objects, standing: this.certificates.admit(objects) };
  }
}
