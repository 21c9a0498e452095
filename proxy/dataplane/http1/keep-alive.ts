/**
 * Returns the milliseconds for which to keep a connection whose endpoint sends `Keep-Alive: timeout=N` (seconds, RFC
 * 2068 section 19.7.1.1): half a second less, since the endpoint's clock started earlier.
 */
export function announcedTimeout(value: string, longest: number): number {
  const seconds = /(?:^|[\s,;])timeout\s*=\s*"?([0-9]{1,9})/i.exec(value)?.[1];
  return seconds === undefined ? longest : Math.max(0, Math.min(longest, Number(seconds) * 1000 - 500));
}
