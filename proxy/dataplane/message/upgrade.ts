/**
 * This module decides which requests may change the protocol of their connection, and which responses do (RFC 9110
 * section 7.8).
 */

import type { Head } from "./head.ts";
import { CONNECTION, UPGRADE } from "./header-names.ts";
import type { RequestMessage } from "./message.ts";

/** Protocols to which requests may upgrade by default. */
export const defaultUpgrades: readonly string[] = ["websocket"];

/**
 * Returns the offered protocols that are admitted, as the client spells them; empty for nearly every request.
 *
 * An Upgrade field counts only in HTTP/1.1 and if Connection names it. On a request with a body it is ignored, as a
 * server may do: the end of the old protocol would depend on how the backend reads the body.
 *
 * @param length length of the body, as in `requestLength`.
 * @param admitted protocols in lower case.
 */
export function offeredProtocols(message: RequestMessage, length: number, admitted: readonly string[]): string {
  const { head } = message;
  if (!head.has(UPGRADE) || !message.isHttp11 || length !== 0 || !head.hasToken(CONNECTION, "upgrade")) return "";
  return protocols(head)
    .filter((protocol) => admitted.includes(protocol.toLowerCase()))
    .join(", ");
}

/** Returns whether a 101 switches to one of the protocols that were offered to the backend. */
export function switchesTo(offered: string, head: Head): boolean {
  if (offered === "" || !head.has(UPGRADE)) return false;
  const [chosen = "", ...more] = protocols(head);
  return more.length === 0 && offered.toLowerCase().split(", ").includes(chosen.toLowerCase());
}

function protocols(head: Head): string[] {
  return (head.joined(UPGRADE) as string).split(",").map((protocol) => protocol.trim());
}
