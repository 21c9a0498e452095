/** What is printed for the value of a field that is for whoever sends it to know. */
const hidden = "(not shown)";

const credential =
  /^(?:authorization|proxy-authorization|cookie|set-cookie)$|token|secret|passw(?:or)?d|credential|api[-_]?key|signature|session|(?:^|[-_])(?:auth|jwt|sig|sid)(?:$|[-_])/i;

/** Whether a field or a query parameter of this name holds something that no log and no plan may repeat. */
export function isCredential(name: string): boolean {
  return credential.test(name);
}

/** Its value as it may be printed. */
export function shownValue(name: string, value: string): string {
  return isCredential(name) ? hidden : value;
}
