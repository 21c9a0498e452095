/** Formats the current time as metav1.Time: RFC 3339 with seconds. */
export function timeNow(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** Formats the current time as metav1.MicroTime. */
export function microTimeNow(): string {
  return `${new Date().toISOString().slice(0, -1)}000Z`;
}
