import type { Codes } from "./entry.ts";

/** The codes about conversion from older versions of the Gateway API. */
export const conversionCodes = {
  GW1301: {
    title: "Documents were converted to today's version",
    explanation:
      "The file holds documents of an older version of the Gateway API (or, as printed in 2021, without apiVersion). They were converted to the version of today before anything else was done with them.",
    fix: "Nothing needs to be done. `gatewright convert` writes the converted documents, to be kept in place of the old ones.",
  },
  GW1302: {
    title: "A field of an older version has no counterpart",
    explanation:
      "An older version of the Gateway API had a field that today's version does not have, and without it requests would be treated differently. The rest of the object was converted.",
    fix: "Express the intent as the finding suggests, then remove the field.",
  },
  GW1303: {
    title: "A field of an older version is not needed any more",
    explanation:
      "The field says what is the only behaviour today, was ignored in its own version too, or is said by another field now. It is left out; no traffic changes.",
    fix: "Nothing needs to be done.",
  },
  GW1304: {
    title: "A field does not have the form of its version",
    explanation:
      "The field exists in the document's version, but with another form, so it cannot be converted. It is left out.",
    fix: "Correct the field as the finding says.",
  },
  GW1305: {
    title: "A label selector became parentRefs",
    explanation:
      "In v1alpha1 a Gateway's listener chose its routes by labels. Today a route names its Gateways. Every route of the sources that the selector selects, in the namespaces it admits, was given a parentRef; routes that are not among the sources have to name the Gateway themselves.",
    fix: "Nothing needs to be done for the routes that the note names.",
  },
  GW1306: {
    title: "What a route said about its Gateways became parentRefs",
    explanation:
      "In v1alpha1 `gateways.allow` and `gateways.gatewayRefs` of a route said which Gateways may use it. Today the parentRefs of the route say which do.",
    fix: "Nothing needs to be done.",
  },
  GW1307: {
    title: "A Gateway selects a route that does not allow it",
    explanation:
      "A listener of v1alpha1 selects the route by its labels, but the route's `gateways` does not allow that Gateway (the default is Gateways of its own namespace), so they are not bound to each other, as they were not then.",
    fix: "If the route should be served by the Gateway, add it to the route's parentRefs.",
  },
  GW1308: {
    title: "A wildcard host name covers more than it did",
    explanation:
      "In v1alpha1 the `*` of a host name stood for one label. Since v1alpha2 it stands for one or more, so `*.example.com` covers a.b.example.com as well.",
    fix: "If deeper names must not match, list the names that should.",
  },
  GW1309: {
    title: "A BackendTLSPolicy needs a host name that the BackendPolicy does not have",
    explanation:
      "Today's BackendTLSPolicy verifies the backend's certificate against `validation.hostname`; BackendPolicy of v1alpha1 had no such field.",
    fix: "Add `validation.hostname` to the converted policy: the name in the backend's certificate.",
  },
  GW1310: {
    title: "A TLSRoute was divided",
    explanation:
      "In v1alpha1 each rule of a TLSRoute had server names of its own; today the route has them, and one rule. Each rule with other server names became a TLSRoute of its own.",
    fix: "Nothing needs to be done; rename the new routes if you like.",
  },
  GW1311: {
    title: "A match that only its implementation defined",
    explanation:
      "`ImplementationSpecific` let each implementation decide what a value means. Today's API has no such match, so what it meant cannot be known; it was converted to the match named in the finding.",
    fix: "Choose the type that says what is meant.",
  },
} as const satisfies Codes;

export type ConversionCode = keyof typeof conversionCodes;
