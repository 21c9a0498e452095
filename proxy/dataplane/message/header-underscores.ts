import type { Head } from "./head.ts";
import { type Answer, answers } from "./local-response.ts";

/**
 * What is done about request header fields whose names have an underscore. Servers that make variables of names (CGI,
 * WSGI) take `x_user` and `x-user` for the same field.
 */
export type HeaderUnderscores = "allow" | "drop" | "refuse";

/** Applies the option to the head of a request. Returns the answer to a request that is refused. */
export function applyHeaderUnderscores(action: HeaderUnderscores, head: Head): Answer | undefined {
  if (action === "allow" || !head.dropUnderscored()) return undefined;
  return action === "refuse" ? answers.underscoredField : undefined;
}
