import { refusedGateway, refusedListeners } from "./listeners.ts";
import { refusedReferences } from "./references.ts";
import type { ExplainedRequest, Refused } from "./refused.ts";
import { refusedRoutes } from "./routes.ts";

/**
 * What is not in force and would have a part in a request: the Gateway itself, a listener as specific as the one that
 * serves the host, a route or rule that would go first, and what the winner refers to without effect.
 */
export function refusedFor(explained: ExplainedRequest): readonly Refused[] {
  return [
    ...refusedGateway(explained),
    ...refusedListeners(explained),
    ...refusedRoutes(explained),
    ...refusedReferences(explained),
  ];
}
