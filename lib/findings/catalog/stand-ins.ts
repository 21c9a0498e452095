import type { Codes } from "./entry.ts";

/** The codes that `dev` reports about its substitutes for what the sources ask for. */
export const standInCodes = {
  GW2213: {
    title: "A self-signed certificate stands in for a Secret that no source declares",
    explanation:
      "Without --strict, gatewright dev makes a certificate in memory for the hostnames of the listener, so that HTTPS can be tried. Clients have to be told to accept it, as with curl --insecure. In a cluster the listener opens no port until the Secret is there.",
    fix: "Declare the Secret, or give it from files.",
  },
  GW2221: {
    title: "What only the controller of the class knows is replaced by something that can be tried here",
    explanation:
      "The Gateway is of a class of another controller, or of one that no source declares. gatewright dev lets requests pass filters that it does not know, answers for backends of unknown kinds with its echo, makes certificates where the controller finds its own, and opens no listener of a protocol that its proxy does not serve. A cluster's proxies, and gatewright proxy, refuse all of this.",
    fix: "Nothing, to try the routing. To run the filters, register ones for their kinds: --filters MODULE. Give backends an address: --backend NAMESPACE/NAME:PORT=HOST:PORT.",
  },
  GW2235: {
    title: "A made-up CA stands in for one that no source declares",
    explanation:
      "Without --strict, gatewright dev makes a CA certificate in memory, so that the listener that validates clients is served. Nobody has a certificate of it: with the mode AllowValidOnly every client is refused, with AllowInsecureFallback every client is let in. In a cluster the listener is not accepted until the object is there.",
    fix: "Declare the ConfigMap or Secret, to try client certificates.",
  },
  GW2435: {
    title: "A redirect goes to the local port here",
    explanation:
      "gatewright dev serves the ports of Gateways on others, such as 8443 for 443. A redirect to a port of its own Gateway names the local one, so that a client that follows it arrives. In a cluster it names the port that the route says.",
    fix: "Nothing needs to be done.",
  },
  GW2507: {
    title: "The built-in echo backend answers without TLS",
    explanation:
      "A BackendTLSPolicy is in force for a Service that nothing runs for here. The echo backend of gatewright dev has no certificate that the policy could accept, so that requests go to it in clear text, inside this process.",
    fix: "Give the backend an address.",
  },
  GW2535: {
    title: "A made-up CA stands in for one that no source declares",
    explanation:
      "Without --strict, gatewright dev makes a CA certificate in memory, so that routes to the Service of the BackendTLSPolicy are served by the echo backend. A real backend given by --backend has no certificate of it and is not trusted. In a cluster the policy is not accepted until the object is there.",
    fix: "Declare the ConfigMap or Secret, to speak to a real backend.",
  },
} as const satisfies Codes;
