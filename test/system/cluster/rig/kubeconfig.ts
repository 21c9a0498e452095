import { stringify } from "yaml";
import type { Credentials } from "./api-client.ts";

const encoded = (pem: string): string => Buffer.from(pem).toString("base64");

/** Returns a kubeconfig that refers to no other file. */
export function kubeconfig({ server, authority, certificate, key }: Credentials): string {
  const name = "gatewright";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server, "certificate-authority-data": encoded(authority) } }],
    users: [{ name, user: { "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) } }],
  });
}
