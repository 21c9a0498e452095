/** What each piece of advice means; the pages under docs/findings are made from this table. */
export const adviceCodes: Readonly<
  Record<`GW${number}`, { readonly title: string; readonly explanation: string; readonly fix: string }>
> = {
  GW3001: {
    title: "Match that no request reaches",
    explanation:
      "Another match asks for exactly the same path, method, headers and query parameters on every host where this one is attached, and precedes it: the API prefers the older route, then namespace and name, then the earlier rule and match.",
    fix: "Remove the match, or make it differ from the one that precedes it.",
  },
  GW3002: {
    title: "All weights are 0",
    explanation: "No backend of the rule takes traffic, so every request that matches is answered 500.",
    fix: "Give at least one backend a positive weight, or remove the rule.",
  },
  GW3003: {
    title: "Mirror to a backend that serves the same requests",
    explanation:
      "The rule mirrors requests to a backend that is also among its backendRefs, so that backend works on the same request twice; whatever it does with side effects happens twice.",
    fix: "Mirror to another backend, or remove the filter.",
  },
  GW3004: {
    title: "Redirect to itself",
    explanation:
      "The redirect answers a request with the very URL that was asked for, on a listener that matches it with the same rule: clients repeat the request until they give up.",
    fix: "Attach the redirect to the other listener only (sectionName), or change scheme, host, port or path.",
  },
  GW3005: {
    title: "Host taken by a more specific listener",
    explanation:
      "A request belongs to the listener of its port with the most specific hostname and is matched with that listener's routes only. The route is attached to a less specific one, so it never sees requests for this host.",
    fix: "Attach the route to the more specific listener as well, or drop the host from the route.",
  },
  GW3006: {
    title: "Listener without routes",
    explanation:
      "Nothing is attached to the listener, so it answers every request 404, although the sources declare routes.",
    fix: "Attach a route to the listener, or remove it.",
  },
  GW3007: {
    title: "Backend listed twice",
    explanation:
      "The same backend stands more than once in a rule; its share is the sum of its weights, which is seldom meant.",
    fix: "Keep one entry with the weight you want.",
  },
  GW3008: {
    title: "Header set and removed by the same filter",
    explanation: "Removal is applied after set and add, so the value that is set or added never arrives.",
    fix: "Drop the header from remove, or from set and add.",
  },
  GW3009: {
    title: "Mirror of no request",
    explanation: "The share of requests to mirror is 0, so the filter does nothing.",
    fix: "Raise percent or fraction, or remove the filter.",
  },
  GW3010: {
    title: "Path served only with certain headers",
    explanation:
      "Every match for this path on this host asks for a header, and no shorter prefix catches the rest: a request without the header is answered 404.",
    fix: "Add a rule for the path without header matches, for the requests that carry none of them.",
  },
};
