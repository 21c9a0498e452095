/**
 * Regular expressions of real configurations: those of this repository's examples and cases, of the documentation of
 * Istio, Contour, Kuma, ingress-nginx and Envoy Gateway, and of issues in which users exceeded the limits of Envoy
 * (projectcontour/contour 2043, 2240; kumahq/kuma 2103). Each has a text for which it is meant.
 */
export const ordinaryExpressions: readonly (readonly [expression: string, text: string])[] = [
  ["/v[0-9]+/.*", "/v2/users/17/orders"],
  ["/user/[0-9]+", "/user/123456789"],
  ["^/anch/.*$", "/anch/a/b"],
  [".*\\.(js|css|png|jpe?g|gif|svg|woff2?)", "/static/app/main.min.js"],
  ["(?i)/CaSe", "/case"],
  ["/uni/\\p{L}+", "/uni/straße"],
  ["/lazy/.*?/end", "/lazy/a/b/c/end"],
  ["/(?:acme\\.(Store|Shop))/(?:Get.*|List)", "/acme.Store/GetItem"],
  ["/[^/]+/(?:Get.*)", "/acme.Store/GetItem"],
  ["(?:.*;\\s*)?canary=always(?:;.*)?", "session=abc; canary=always; theme=dark"],
  ["^(.*?;)?(user=jason)(;.*)?$", "a=b;user=jason;c=d"],
  ["Bearer\\s.*", `Bearer ${"abcdefgh.".repeat(100)}`],
  [
    ".*(Android|iPhone|iPad|Mobile).*",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
  ],
  [
    ".*Chrome.*",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
  ],
  ["a.*b.*c.*d.*e.*f.*g.*", "a-b-c-d-e-f-g-h"],
  ["foo.*[abcd]+ooo.*", "foobarcooo"],
  ["x-envoy-(a|b|c)-[grep]{3}", "x-envoy-a-gre"],
  ["[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "123e4567-e89b-12d3-a456-426614174000"],
  ["/static/[a-zA-Z0-9._-]{0,200}/[a-zA-Z0-9._-]{0,200}", `/static/${"a".repeat(150)}/${"b".repeat(190)}`],
  ["[^@]{1,64}@[a-z0-9.-]{1,255}", "somebody@example.com"],
  ["(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.){1,3}example\\.com", "a.b.example.com"],
  ["/api/v1/tenants/[a-z0-9-]{1,63}/projects/[a-z0-9-]{1,63}/.*", "/api/v1/tenants/acme/projects/shop/items"],
  ["/something(/|$)(.*)", "/something/else"],
  ["/path\\/[0-9]{2,6}\\/tail", "/path/1234/tail"],
  [Array.from({ length: 300 }, (_, i) => `tenant-${i * 7919}`).join("|"), "tenant-15838"],
  [Array.from({ length: 100 }, (_, i) => `${i}`.repeat(36).slice(0, 36)).join("|"), "9".repeat(36)],
  ["(en|de|fr|it|es)(-[A-Z]{2})?(,.*)?", "de-CH,de;q=0.9,en;q=0.8"],
];
