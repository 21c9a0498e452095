import { refusedGateway, refusedListeners } from "./listeners.ts";
import { refusedReferences } from "./references.ts";
import type { ExplainedRequest, Refused } from "./refused.ts";
import { refusedRoutes } from "./routes.ts";

/**
 * Lists refused objects that would affect a request: the Gateway itself, a listener as specific as the one that serves
 * the host, a route or rule that would precede the winner, and the winner's references that fail.
 */
export function refusedFor(explained: ExplainedRequest): readonly Refused[] {
  return [
    ...refusedGateway(explained),
    ...refusedListeners(explained),
    ...refusedRoutes(explained),
    ...refusedReferences(explained),
  ];
}
