import type { Finding } from "../../../lib/findings/finding.ts";
import type { Refusal } from "./server.ts";

/** An intended difference from the API server's verdict. */
export interface Deliberate {
  readonly reason: string;
  isMeant(verdicts: { readonly errors: readonly Finding[]; readonly problems: readonly Refusal[] }): boolean;
}

export const deliberate: readonly Deliberate[] = [
  {
    reason:
      "The server drops the status of an object that is created, before it validates. A value that its status subresource would refuse is a mistake all the same (decision 0175).",
    isMeant: ({ errors, problems }) =>
      problems.length === 0 && errors.every(({ field = "" }) => field === "status" || field.startsWith("status.")),
  },
];
