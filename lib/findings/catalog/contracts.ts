import type { Codes } from "./entry.ts";

/** The codes about contracts between teams. */
export const contractCodes = {
  GW2601: {
    title: "The contract is of a version that is not read",
    explanation:
      "A contract says by its apiVersion which schema it follows. This one follows a later schema than this version of Gatewright reads, or no version of it, so nothing is checked against it.",
    fix: "Update Gatewright in this program, or have the contract made by the version that is used here.",
  },
  GW2602: {
    title: "The class does not offer a feature that the route or policy uses",
    explanation:
      "The contract lists what the Gateway's class supports (status.supportedFeatures of the GatewayClass, GEP-2162). A feature that is not listed is not carried out: the route, the rule or the policy may be refused, or the field ignored.",
    fix: "Do without the field, or ask for a Gateway whose class supports the feature.",
  },
  GW2603: {
    title: "The contract no longer matches the Gateway",
    explanation:
      "The Gateway is here as well as a contract of it, and no longer offers what the contract promises: routes that were checked against the contract may be refused. That the Gateway offers more is a note.",
    fix: "Restore what was promised, or publish the contract again and have the teams that use it check their routes.",
  },
  GW2604: {
    title: "The contract is not known yet",
    explanation:
      "The program was given a contract that only an engine knows, such as the Output of another stack. Routes are checked against it when it is a plain value.",
    fix: "Nothing needs to be done. To check now, give the program the contract as a plain value.",
  },
} as const satisfies Codes;
