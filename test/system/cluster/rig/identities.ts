import { generateKeyPairSync } from "node:crypto";
import type { Credentials } from "./api-client.ts";
import { apiServerSubject, CertificateAuthority, type KeyPair, type Subject } from "./certificates.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { apiServerURL, network } from "./network.ts";
import type { State } from "./state.ts";

/** The identities of all parts as files: `ca.crt`, `NAME.crt`, `NAME.key`, `NAME.kubeconfig`. */
export interface Identities {
  /** Returns the path of a file in the directory of keys. */
  file(name: string): string;
  readonly admin: Credentials;
}

const admins = "system:masters";

/** The users that Kubernetes' own RBAC rules name. The node is in the group of the Node authorizer. */
const users: readonly Subject[] = [
  { name: "admin", groups: [admins] },
  { name: "system:kube-controller-manager" },
  { name: "system:kube-scheduler" },
  { name: "system:kube-proxy" },
  { name: `system:node:${network.nodeName}`, groups: ["system:nodes"] },
];

/** Files are named after parts rather than users. */
const nameOf = ({ name }: Subject): string =>
  name.startsWith("system:node:") ? "kubelet" : name.replace("system:", "");

/** Makes keys, certificates and kubeconfigs of a new cluster. */
export function makeIdentities(state: State): Identities {
  const authority = new CertificateAuthority();
  const file = (name: string): string => state.file("keys", name);
  const write = (name: string, { certificate, key }: KeyPair): void => {
    state.write(`keys/${name}.crt`, certificate);
    state.write(`keys/${name}.key`, key);
  };
  const credentials = (pair: KeyPair, server: string = apiServerURL): Credentials => ({
    ...pair,
    server,
    authority: authority.certificate,
  });

  state.write("keys/ca.crt", authority.certificate);
  write("kube-apiserver", authority.issue(apiServerSubject));
  write("kube-apiserver-kubelet-client", authority.issue({ name: "kube-apiserver", groups: [admins] }));
  write("kubelet-server", authority.issue({ name: network.nodeName, addresses: [network.node] }));
  const pairs = new Map<string, KeyPair>();
  for (const user of users) {
    const pair = authority.issue(user);
    pairs.set(nameOf(user), pair);
    state.write(`keys/${nameOf(user)}.kubeconfig`, kubeconfig(credentials(pair)));
  }
  writeServiceAccountKeys(state);
  return { file, admin: credentials(pairs.get("admin") as KeyPair) };
}

function writeServiceAccountKeys(state: State): void {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  state.write("keys/service-accounts.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  state.write("keys/service-accounts.pub", publicKey.export({ type: "spki", format: "pem" }).toString());
}
