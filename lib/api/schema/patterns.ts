import type { z } from "zod";

/** Descriptions of patterns. A pattern that is not listed is shown as it is. */
const forms: readonly (readonly [RegExp, string, string])[] = [
  [
    /^\^\(\\\*\\\.\)\?/,
    "a DNS name in lower case, or `*.` and such a name",
    "Use lower-case letters, digits, dashes and dots.",
  ],
  [
    /^\^\[a-z0-9\]\(\[-a-z0-9\]\*\[a-z0-9\]\)\?\$$/,
    "lower-case letters, digits and inner dashes",
    "Use a DNS label, such as store.",
  ],
  [/^\^\[a-z0-9\].*\\\/\[A-Za-z0-9/, "domain/path, such as example.com/controller", "Put a domain in front."],
  [
    /^\^\[a-z0-9\].*\)\*\$$/,
    "a DNS name: lower-case letters, digits, dashes and dots",
    "Use a name such as my-app.example.",
  ],
  [/^\^\$\|/, "an API group, or the empty string for the core group", "Use a DNS name in lower case."],
  [/^\^\[a-zA-Z\]/, "a kind: letters, digits and inner dashes", "Write the kind as in its manifests, such as Service."],
  [
    /\(h\|m\|s\|ms\)/,
    "a duration such as 500ms, 10s or 1m30s (GEP-2257)",
    "Write one to four numbers with the units h, m, s, ms.",
  ],
];

/** Describes the expected form of a value that does not match its pattern. */
export function form(issue: z.core.$ZodIssueInvalidStringFormat, given: unknown): { allowed?: string; fix: string } {
  const pattern = issue.pattern?.replace(/^\/|\/[a-z]*$/g, "") ?? "";
  const known = forms.find(([shape]) => shape.test(pattern));
  if (known !== undefined) {
    const [, allowed, fix] = known;
    return { allowed, fix: known === forms[0] ? hostnameFix(String(given), fix) : fix };
  }
  return pattern === ""
    ? { fix: "Correct the value." }
    : { allowed: `what matches ${pattern}`, fix: "Correct the value." };
}

/** Suggests a fix for an invalid hostname. */
function hostnameFix(given: string, usual: string): string {
  if (given === "*") return "Leave hostname out to match every host.";
  if (/^\[|^[0-9a-f]*:[0-9a-f:.]*$/i.test(given)) {
    return "Leave hostname out to match every host: the API allows no IP addresses.";
  }
  if (/:\d+$/.test(given)) return "Leave the port out: the listener names it.";
  if (given.includes("*")) return "Use one wildcard, as the whole first label, such as *.example.com.";
  return usual;
}
