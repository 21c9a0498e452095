import type { KeyPair } from "../../dataplane/tls/key-pairs.ts";
import { isConflict, isNotFound } from "../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { type Authorities, renewed } from "./authority.ts";

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Reads the certificate authorities from the Secret of the installation, and creates or renews them there when that is
 * due. If two processes do so at once, the second one takes over what the first has written.
 */
export async function authoritiesIn(
  server: ApiServer,
  namespace: string,
  name: string,
  now: number,
): Promise<Authorities> {
  for (let tries = 0; ; tries++) {
    const secret = await read(server, namespace, name);
    const stored = secret === undefined ? undefined : authoritiesOf(secret);
    const wanted = renewed(stored, now);
    if (wanted === stored) return wanted;
    try {
      await write(server, secret, { name, namespace }, wanted);
      return wanted;
    } catch (error) {
      if (!isConflict(error) || tries === 5) throw error;
    }
  }
}

async function read(server: ApiServer, namespace: string, name: string): Promise<Secret | undefined> {
  try {
    const path = `${pathOf(namespace)}/${encodeURIComponent(name)}`;
    return await server.json<Secret>({ method: "GET", path, kind: "Secret" });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function write(
  server: ApiServer,
  existing: Secret | undefined,
  metadata: Secret["metadata"],
  { signing, next, previous }: Authorities,
): Promise<void> {
  const texts: Readonly<Record<string, string | undefined>> = {
    "tls.crt": signing.certificates,
    "tls.key": signing.key,
    "next.crt": next?.certificates,
    "next.key": next?.key,
    "previous.crt": previous,
  };
  const data = Object.fromEntries(
    Object.entries(texts).flatMap(([key, text]) =>
      text === undefined ? [] : [[key, Buffer.from(text).toString("base64")]],
    ),
  );
  const { namespace, name } = metadata;
  const secret = { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: existing?.metadata ?? metadata, data };
  const request = { kind: "Secret", body: secret };
  if (existing === undefined) await server.json({ method: "POST", path: pathOf(namespace), ...request });
  else await server.json({ method: "PUT", path: `${pathOf(namespace)}/${encodeURIComponent(name)}`, ...request });
}

/** Returns undefined if the Secret holds no authority; a new one is then made. */
function authoritiesOf({ data = {} }: Secret): Authorities | undefined {
  const text = (key: string) =>
    data[key] === undefined ? undefined : Buffer.from(data[key], "base64").toString("utf8");
  const pair = (name: string): KeyPair | undefined => {
    const [certificates, key] = [text(`${name}.crt`), text(`${name}.key`)];
    return certificates === undefined || key === undefined ? undefined : { certificates, key };
  };
  const [signing, next, previous] = [pair("tls"), pair("next"), text("previous.crt")];
  if (signing === undefined) return undefined;
  return { signing, ...(next !== undefined && { next }), ...(previous !== undefined && { previous }) };
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}
