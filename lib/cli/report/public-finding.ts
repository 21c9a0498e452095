import { notShown } from "../../api/kinds/credentials.ts";
import type { Finding } from "../../findings/finding.ts";

/** API groups whose fields are known. The fields of an object of a custom filter are not. */
const knownGroups = /^(?:v1|(?:gateway\.networking\.k8s\.io|discovery\.k8s\.io|gatewright\.dev)\/.*)$/;

/** Fields whose values may be credentials although nothing in the text says so. */
const secretive = /(?:^|\.)(?:matches|filters|sessionPersistence|annotations|options|data|stringData)(?:[.[]|$)/;

/**
 * Returns a finding for logs and the admin address, without the value of a match, of a filter, or of an object of an
 * unknown kind. Field and message still say what is wrong and where.
 */
export function publicFinding(finding: Finding): Finding {
  const { given, field = "", object } = finding;
  if (given === undefined) return finding;
  const isKnown = object === undefined || knownGroups.test(object.apiVersion);
  return isKnown && !secretive.test(field) ? finding : { ...finding, given: notShown };
}
