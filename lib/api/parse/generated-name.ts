import { createHash } from "node:crypto";
import type { Finding, Origin } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import type { AnyObject } from "../declared/declared.ts";

type FileOrigin = Extract<Origin, { readonly file: string }>;

/** The alphabet of the five characters that the API server appends (k8s.io/apimachinery/pkg/util/rand). */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The number of characters of `generateName` that the API server keeps. */
const longestBase = 58;

/**
 * Gives a name to an object with `metadata.generateName`, in the form that the API server would use, with a note
 * (GW1055). The name depends on the object's place and content, so it is the same in every run. Undefined if the object
 * has a name.
 */
export function withGeneratedName(
  object: AnyObject,
  origin: FileOrigin,
): { readonly object: AnyObject; readonly finding: Finding } | undefined {
  const metadata = object.metadata as AnyObject["metadata"] & { readonly generateName?: string };
  if (metadata.name !== undefined || metadata.generateName === undefined) return undefined;
  const { file, line } = origin;
  const digest = createHash("sha256")
    .update(`${file}:${line}\n${JSON.stringify(object)}`)
    .digest();
  const suffix = Array.from(digest.subarray(0, 5), (byte) => alphabet[byte % alphabet.length]).join("");
  const name = `${metadata.generateName.slice(0, longestBase)}${suffix}`;
  const named = { ...object, metadata: { ...metadata, name } };
  return {
    object: named,
    finding: {
      code: "GW1055",
      severity: "note",
      message: `The API server makes the name of this ${object.kind}; here it is called ${name}`,
      object: referenceTo(named),
      origin,
      field: "metadata.generateName",
      given: metadata.generateName,
      fix: "Give it a metadata.name: kubectl apply and references of other objects need one.",
    },
  };
}
