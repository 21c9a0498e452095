import type { Codes } from "./entry.ts";

/** The codes that only a check against a cluster reports. */
export const liveCodes = {
  GW2701: {
    title: "The cluster does not have the kind",
    explanation:
      "No CRD of the cluster serves this kind in a version that is known here, so its API server would refuse the object.",
    fix: "Install the CRDs of the Gateway API, or of whoever defines the kind, before the object.",
  },
  GW2702: {
    title: "The cluster has CRDs of another version",
    explanation:
      "The bundle version that the CRDs of the cluster name is not the one that this version of Gatewright checks against: fields may be missing there, or have other rules.",
    fix: "Install the CRDs of the same version, or have the API server say what it takes: kubectl apply --dry-run=server.",
  },
  GW2703: {
    title: "The cluster has the CRDs of the standard channel",
    explanation:
      "The object uses what only the experimental channel has. The API server of this cluster would refuse it, or drop the field without a word.",
    fix: "Do without it, or install the CRDs of the experimental channel.",
  },
  GW2704: {
    title: "Nobody serves the class",
    explanation:
      "No class of this controller is accepted in the cluster, so no controller has answered for it. The Gateway would wait for ever, and so would its routes.",
    fix: "Install the controller, correct controllerName, or use a class that is served.",
  },
  GW2705: {
    title: "A kind could not be read",
    explanation:
      "The user of the kubeconfig may not list the kind. What refers to its objects is taken to be there, and not checked.",
    fix: "Check as a user who may list it, or have somebody else check that part.",
  },
  GW2706: {
    title: "The sources break what is in the cluster",
    explanation:
      "An object of the cluster that no source declares was fine until now, and would not be any more with the sources applied: often a route of another team whose listener goes, or no longer admits it.",
    fix: "Keep what the object needs, or change both together with whoever it belongs to.",
  },
} as const satisfies Codes;
