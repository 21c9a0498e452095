import type { Head } from "./head.ts";
import { type LocalResponse, localResponses } from "./local-response.ts";

/**
 * The treatment of request header fields whose names have an underscore. Servers that convert names to variables (CGI,
 * WSGI) treat `x_user` and `x-user` as the same field.
 */
export type HeaderUnderscores = "allow" | "drop" | "refuse";

/** Applies the option to the head of a request. Returns the response to a refused request. */
export function applyHeaderUnderscores(action: HeaderUnderscores, head: Head): LocalResponse | undefined {
  if (action === "allow" || !head.dropUnderscored()) return undefined;
  return action === "refuse" ? localResponses.underscoredField : undefined;
}
