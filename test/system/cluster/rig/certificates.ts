import { issueCertificate } from "../../../../proxy/control/issue-certificate.ts";
import type { KeyPair as Issued } from "../../../../proxy/dataplane/tls/key-pairs.ts";
import { network } from "./network.ts";

const day = 86_400_000;

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** The subject of a certificate: a server has addresses, a client a user name and groups. */
export interface Subject {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly addresses?: readonly string[];
  readonly hostnames?: readonly string[];
}

/** Signs the certificates of the parts of one cluster. They are valid for a month, and each cluster has new ones. */
export class CertificateAuthority {
  readonly #authority: Issued = issueCertificate({ commonName: "cluster", authority: true, ...validity() });

  get certificate(): string {
    return this.#authority.certificates;
  }

  /** Issues a certificate for servers and clients alike. */
  issue({ name, groups = [], addresses = [], hostnames = [] }: Subject): KeyPair {
    const { certificates, key } = issueCertificate({
      commonName: name,
      organizations: groups,
      names: [...addresses, ...hostnames],
      issuer: this.#authority,
      ...validity(),
    });
    return { certificate: certificates, key };
  }
}

/** The names by which clients reach the API server: from the node, from pods, and from outside through the forwarder. */
export const apiServerSubject: Subject = {
  name: "kube-apiserver",
  addresses: [network.node, network.apiService, "127.0.0.1"],
  hostnames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
};

function validity(): { readonly notBefore: number; readonly notAfter: number } {
  const now = Date.now();
  return { notBefore: now - day, notAfter: now + 30 * day };
}
