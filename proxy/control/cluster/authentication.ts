import type { Metadata } from "@grpc/grpc-js";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";

interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly error?: string;
    readonly user?: { readonly username?: string };
  };
}

/**
 * Authenticates a proxy by its service account token, which the API server checks (TokenReview): the token's audience
 * has to be the controller's, and its account the one under which this Gateway's proxies run.
 *
 * @param account `namespace/name` of that account.
 * @throws Error that says why the proxy is refused; it contains no part of the token.
 */
export async function authenticate(
  server: ApiServer,
  audience: string,
  metadata: Metadata,
  account: string,
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
}
