import assert from "node:assert/strict";
import type { AnyObject, Declared } from "../../lib/api/declared/declared.ts";
import { parseDocuments } from "../../lib/api/parse/documents.ts";
import type { Case, CaseRequest, Expected } from "./case.ts";

/** The name of the Secret with the certificate of TLS listeners. */
export const certificate = "wire";

const tlsPorts: Readonly<Record<number, number>> = { 80: 443, 8080: 8443 };

/** The port for which each port of a TLS configuration stands. */
export const plainPorts: Readonly<Record<number, number>> = { 443: 80, 8443: 8080 };

/** Returns the objects of a configuration. */
export function objectsOf(yaml: string): readonly Declared[] {
  const { declared, findings } = parseDocuments(yaml, "case.yaml");
  assert.deepEqual(findings, []);
  return declared;
}

/** Returns the configuration with HTTPS listeners in place of HTTP ones, each on the corresponding port. */
export function overTLS(declared: readonly Declared[]): readonly Declared[] {
  return declared.map(({ object, origin }) => ({ object: translate(object), origin }));
}

interface Spec {
  readonly listeners?: readonly { readonly port: number; readonly [field: string]: unknown }[];
  readonly parentRefs?: readonly { readonly port?: number }[];
}

function translate(object: AnyObject): AnyObject {
  if (object.spec === undefined) return object;
  const { listeners, parentRefs } = object.spec as Spec;
  const tls = { certificateRefs: [{ name: certificate }] };
  const spec = {
    ...(object.spec as object),
    ...(listeners && {
      listeners: listeners.map((each) => ({ ...each, protocol: "HTTPS", port: tlsPorts[each.port], tls })),
    }),
    ...(parentRefs && {
      parentRefs: parentRefs.map(({ port, ...rest }) => ({
        ...rest,
        ...(port !== undefined && { port: tlsPorts[port] }),
      })),
    }),
  };
  return { ...object, spec };
}

/** Translates `http://acme.io:8080/x` to `https://acme.io:8443/x`. */
function translateUrl(url: string): string {
  return url.replace(/^http:\/\/([^/:]+)(:8080)?(?=[:/]|$)/, (_, host: string, port?: string) =>
    port === undefined ? `https://${host}` : `https://${host}:8443`,
  );
}

/** Returns the case over TLS. */
export function caseOverTLS({ request, expect, overTLS: own, ...rest }: Case): Case {
  const translated: CaseRequest = { ...request, url: translateUrl(request.url) };
  const location = expect.location === undefined ? {} : { location: translateUrl(expect.location) };
  const expected: Expected = own ?? { ...expect, ...location };
  return { ...rest, request: translated, expect: expected };
}
