/** Typical header fields of a browser besides Host: thirteen fields of common length. */
export const browserHeaders: readonly (readonly [string, string])[] = [
  ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["Accept-Language", "en-US,en;q=0.5"],
  ["Accept-Encoding", "gzip, deflate, br, zstd"],
  ["Referer", "http://acme.io/store"],
  ["Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"],
  ["DNT", "1"],
  ["Sec-Fetch-Dest", "document"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Sec-Fetch-User", "?1"],
  ["Cache-Control", "max-age=0"],
  ["Priority", "u=0, i"],
];
