import type { Codes } from "./entry.ts";

/** The codes of advice. The pages under docs/findings are generated from this table. */
export const adviceCodes: Codes = {
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
  GW3040: {
    title: "CORS preflight goes elsewhere",
    explanation:
      "Before a request that is not simple, a browser sends a preflight: OPTIONS for the same URL, without the request's own headers (GEP-1767; the Fetch standard). The CORS filter stands in a rule whose method or headers a preflight does not meet, and the rule that takes it has no CORS filter, so the browser refuses the request.",
    fix: "Leave method and headers out of the match, or add a rule with the same path, method OPTIONS and the same CORS filter.",
  },
  GW3041: {
    title: "Filter beside a redirect",
    explanation:
      "A redirect answers the request and ends the list of filters. Filters behind it never run; in front of it, changes to what would be forwarded and to a backend's response have no effect. CORS in front of a redirect does.",
    fix: "Remove the filter, or put it into a rule that forwards.",
  },
  GW3042: {
    title: "Filters of a backend without traffic",
    explanation: "The backend's weight is 0, so it gets no request, and its filters have no effect until that changes.",
    fix: "Give the backend a weight, or remove it with its filters.",
  },
  GW3043: {
    title: "Header that CORS decides",
    explanation:
      "The CORS filter writes the headers of its protocol after all other filters, and removes those that it does not write, so a ResponseHeaderModifier has no effect on them.",
    fix: "Drop the header from the modifier, and say in the CORS filter what it shall be.",
  },
  GW3044: {
    title: "Header that no filter changes",
    explanation:
      "Fields that frame a message or belong to one connection are the proxy's own. A request has exactly one Host, which set replaces by a value that names a host; add and remove of Host do nothing. Other controllers refuse such filters.",
    fix: "Remove the header from the filter. To change the Host, use URLRewrite with hostname.",
  },
  GW3045: {
    title: "Filter that does nothing",
    explanation:
      "The filter has no action: a header modifier without set, add and remove, a URLRewrite without hostname and path, or a CORS filter that allows no origin.",
    fix: "Say what the filter shall do, or remove it.",
  },
  GW3046: {
    title: "Repeated header name",
    explanation:
      "Header names are case-insensitive. Of entries whose names are equivalent the API considers the first, and ignores the others.",
    fix: "Remove the entry, or give it another name.",
  },
  GW3047: {
    title: "Rewrite that every backend replaces",
    explanation:
      "Filters of a backend follow those of the rule, and of several path modifiers or hostnames the last one decides. Every backend that takes traffic has its own, so the rule's is never used.",
    fix: "Remove it from the rule's URLRewrite, or from the filters of a backend.",
  },
  GW3048: {
    title: "IP address as a hostname",
    explanation:
      "The API allows no IP addresses as hostnames, though its schema takes IPv4 addresses. A controller may refuse the object or never match it.",
    fix: "Leave hostname out to match every host, or use a DNS name.",
  },
  GW3049: {
    title: "Header with several actions in one filter",
    explanation:
      "The API permits one action for a header name in a filter; more are invalid, though its schema takes them. Here they apply in the order set, add, remove; other controllers may use another order.",
    fix: "Name the header in one action only, with several values separated by commas.",
  },
};
