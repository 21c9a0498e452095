import { notShown } from "../../api/kinds/credentials.ts";
import type { Finding } from "../../findings/finding.ts";

/** API groups whose fields are known; what the object of a filter of somebody's own holds is not. */
const knownGroups = /^(?:v1|(?:gateway\.networking\.k8s\.io|discovery\.k8s\.io|gatewright\.dev)\/.*)$/;

/** Fields whose values may be credentials although nothing in the text says so. */
const secretive = /(?:^|\.)(?:matches|filters|sessionPersistence|annotations|options|data|stringData)(?:[.[]|$)/;

/**
 * A finding as everybody may see it who can read a log or reach the admin address: without the value of a match, of a
 * filter, or of an object whose kind is somebody else's. Field and message still say what is wrong and where.
 */
export function publicFinding(finding: Finding): Finding {
  const { given, field = "", object } = finding;
  if (given === undefined) return finding;
  const isKnown = object === undefined || knownGroups.test(object.apiVersion);
  return isKnown && !secretive.test(field) ? finding : { ...finding, given: notShown };
}
