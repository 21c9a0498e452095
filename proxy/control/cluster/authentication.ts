import type { Metadata } from "@grpc/grpc-js";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";

interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly error?: string;
    readonly user?: {
      readonly username?: string;
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

/** What the API server says of a token that the kubelet has had made for a pod: the token ends with the pod. */
const podName = "authentication.kubernetes.io/pod-name";

/** As whom a proxy says hello. */
export interface ProxyIdentity {
  /** `namespace/name` of the service account that the proxies of its Gateway run under. */
  readonly account: string;
  /** The name of its pod. */
  readonly instance: string;
}

/**
 * Authenticates a proxy by its service account token, which the API server checks (TokenReview): the token's audience
 * has to be the controller's, its account the one under which this Gateway's proxies run, and the pod that the token is
 * bound to the one as which the proxy says hello. A token that was taken from one pod does not speak for another.
 *
 * @throws Error that says why the proxy is refused; it contains no part of the token.
 */
export async function authenticate(
  server: ApiServer,
  audience: string,
  metadata: Metadata,
  { account, instance }: ProxyIdentity,
): Promise<void> {
  const [value] = metadata.get("authorization");
  const token = typeof value === "string" ? /^Bearer (\S+)$/.exec(value)?.[1] : undefined;
  if (token === undefined) throw new Error("it shows no token");
  const review = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    spec: { token, audiences: [audience] },
  };
  const { status } = await server.json<TokenReview>({
    method: "POST",
    path: "/apis/authentication.k8s.io/v1/tokenreviews",
    kind: "TokenReview",
    body: review,
  });
  if (status?.authenticated !== true)
    throw new Error(`its token is not accepted: ${status?.error ?? "not authenticated"}`);
  // A token authenticator that does not know audiences returns none (API documentation of TokenReviewStatus).
  if (status.audiences?.includes(audience) !== true) throw new Error("its token was made for another audience");
  const expected = `system:serviceaccount:${account.replace("/", ":")}`;
  if (status.user?.username !== expected)
    throw new Error(`its token is of ${status.user?.username}, not of ${expected}`);
  const pod = status.user.extra?.[podName]?.[0];
  if (pod === undefined) throw new Error("its token is bound to no pod");
  if (pod !== instance) throw new Error(`its token is of pod ${pod}`);
}
