/** Which requests may change the protocol of their connection, and which responses do (RFC 9110 section 7.8). */

import type { Head } from "./head.ts";
import { CONNECTION, UPGRADE } from "./header-names.ts";
import type { RequestMessage } from "./message.ts";

/** Protocols that requests may upgrade to where nobody says otherwise. */
export const defaultUpgrades: readonly string[] = ["websocket"];

/**
 * The protocols that a request offers and that are admitted, as the client spells them; empty for nearly every request.
 *
 * An Upgrade field counts only in HTTP/1.1 and if Connection names it. One on a request with a body is ignored, as a
 * server may: where the old protocol ends would depend on what the backend makes of the body.
 *
 * @param length of the body, as in `requestLength`.
 * @param admitted in lower case.
 */
export function offeredProtocols(message: RequestMessage, length: number, admitted: readonly string[]): string {
  const { head } = message;
  if (!head.has(UPGRADE) || !message.isHttp11 || length !== 0 || !head.hasToken(CONNECTION, "upgrade")) return "";
  return protocols(head)
    .filter((protocol) => admitted.includes(protocol.toLowerCase()))
    .join(", ");
}

/** Whether a 101 switches to one of the protocols that were offered to the backend. */
export function switchesTo(offered: string, head: Head): boolean {
  if (offered === "" || !head.has(UPGRADE)) return false;
  const [chosen = "", ...more] = protocols(head);
  return more.length === 0 && offered.toLowerCase().split(", ").includes(chosen.toLowerCase());
}

function protocols(head: Head): string[] {
  return (head.joined(UPGRADE) as string).split(",").map((protocol) => protocol.trim());
}
