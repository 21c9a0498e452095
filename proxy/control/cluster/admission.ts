import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import { type ApiObject, validate } from "../../../lib/api/index.ts";
import { objectKey } from "../../../lib/api/load/identity.ts";
import type { Finding } from "../../../lib/findings/finding.ts";
import { referenceOf } from "../../sources/kubernetes/object-key.ts";

/**
 * Validates the objects of the cluster for routing. The API server has validated them already, but by the CRDs that are
 * installed, which may be older than ours or changed. So each version of each object is validated here once. If a
 * version is invalid, the last valid version of the object stays in force.
 */
export class ObjectAdmission {
  #verdicts = new WeakMap<AnyObject, Verdict>();
  #good = new Map<string, Declared<ApiObject>>();
  readonly #onRefused: (object: AnyObject, findings: readonly Finding[]) => void;

  constructor(onRefused: (object: AnyObject, findings: readonly Finding[]) => void) {
    this.#onRefused = onRefused;
  }

  admit(declared: readonly Declared[]): readonly Declared<ApiObject>[] {
    const good = new Map<string, Declared<ApiObject>>();
    for (const { object, origin } of declared) {
      const key = objectKey(referenceOf(object));
      const { admitted } = this.#judge(object);
      const standing = admitted === undefined ? this.#good.get(key) : { object: admitted, origin };
      if (standing !== undefined) good.set(key, standing);
    }
    this.#good = good;
    return [...good.values()];
  }

  #judge(object: AnyObject): Verdict {
    const known = this.#verdicts.get(object);
    if (known !== undefined) return known;
    // A cluster of the standard channel has no experimental fields, so the experimental schema fits both channels.
    const { object: admitted, findings } = validate(object, { channel: "experimental", stored: true });
    const verdict: Verdict = { admitted };
    this.#verdicts.set(object, verdict);
    if (admitted === undefined) this.#onRefused(object, findings);
    return verdict;
  }
}

interface Verdict {
  readonly admitted: ApiObject | undefined;
}
