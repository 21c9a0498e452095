import type { Channel } from "../../lib/api/index.ts";
import { withIgnored } from "../../lib/api/load/ignoring.ts";
import type { SourceContent } from "../../lib/api/load/load.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { AttachOptions } from "../../lib/routing/attach/attachment.ts";
import { findings as attachmentFindings } from "../../lib/routing/attach/findings.ts";
import type { RegisteredFilters } from "../dataplane/filters/registered-filters.ts";
import type { KeyPairs, TrustAnchors } from "../dataplane/tls/key-pairs.ts";
import { type Compiled, compile } from "./compile.ts";
import { Certificates } from "./key-pairs.ts";
import { type AdmittedObjects, LastGood } from "./last-good.ts";
import { registeredFilters } from "./registered-filters.ts";

/** Undeclared extensions count as missing, since nothing can stand in for them. */
const missing = {
  undeclaredExtensions: "missing",
} as const satisfies Partial<AttachOptions>;

export interface LocalControllerOptions {
  readonly channel: Channel;
  /** Without a profile, limits of this proxy do not count for classes of other controllers. */
  readonly attach: Pick<AttachOptions, "undeclared" | "controllerNames" | "unavailablePorts" | "profile">;
}

/** The configuration of one state of the sources. `findings` has the findings of every stage, without positions. */
export interface Reconciled extends AdmittedObjects, Compiled {
  readonly keyPairs: KeyPairs;
  readonly trustAnchors: TrustAnchors;
  readonly registered: RegisteredFilters;
  readonly findings: readonly Finding[];
}

/** Acts as the controller of every class for objects that sources declare, without a cluster. */
export class LocalController {
  readonly #options: AttachOptions;
  readonly #lastGood: LastGood;
  readonly #certificates = new Certificates();

  constructor({ channel, attach }: LocalControllerOptions) {
    this.#options = { ...missing, ...attach };
    this.#lastGood = new LastGood(channel);
  }

  reconcile(contents: readonly SourceContent[]): Reconciled {
    const admitted = this.#lastGood.admit(contents);
    const standing = this.#certificates.admit(admitted.objects);
    const { gateways, attachment } = compile(admitted, { ...this.#options, standing });
    return {
      ...admitted,
      gateways,
      attachment,
      keyPairs: this.#certificates.keyPairs(gateways),
      trustAnchors: this.#certificates.trustAnchors(gateways),
      registered: registeredFilters(admitted),
      findings: withIgnored([...admitted.findings, ...attachmentFindings(attachment)], admitted.ignores),
    };
  }
}
