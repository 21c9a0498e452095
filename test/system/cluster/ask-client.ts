/**
 * `node ask-client.ts URL TIMES` requests a URL over new connections and prints the responses as JSON. If asked for
 * one, it presents the certificate in CLIENT_CERTIFICATE, with its key in CLIENT_KEY.
 */
import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import type { Answered } from "./ask.ts";

const [url = "", times = "1"] = process.argv.slice(2);
const { CLIENT_CERTIFICATE: cert, CLIENT_KEY: key } = process.env;
const secure = { rejectUnauthorized: false, servername: "shop.test", cert, key };
const answers: Answered[] = [];
for (let i = 0; i < Number(times); i++) answers.push(await once());
process.stdout.write(JSON.stringify(answers));

async function once(): Promise<Answered> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = url.startsWith("https:")
        ? getSecure(url, { ...secure, agent: false, timeout: 5_000 }, resolve)
        : getPlain(url, { agent: false, timeout: 5_000 }, resolve);
      request.on("error", reject).on("timeout", () => request.destroy(new Error("no answer in 5 s")));
    });
    const shown = (response.socket as Partial<TLSSocket>).getPeerCertificate?.().fingerprint256;
    return { ...told(response, await text(response)), ...(shown !== undefined && { fingerprint: shown }) };
  } catch (error) {
    return { status: 0, error: (error as Error).message };
  }
}

function told({ statusCode = 0, headers }: IncomingMessage, body: string): Answered {
  const version = headers["x-version"];
  const { pod, tls: upstream } = echoed(headers, body);
  return {
    status: statusCode,
    ...(version !== undefined && { version: String(version) }),
    ...(pod !== undefined && { pod }),
    ...(upstream !== undefined && { upstream }),
  };
}

/** Reads what the conformance suite's backend reports about itself and the request. */
function echoed(
  { "content-type": type = "" }: IncomingMessage["headers"],
  body: string,
): { readonly pod?: string; readonly tls?: NonNullable<Answered["upstream"]> } {
  return type.startsWith("application/json") ? JSON.parse(body) : {};
}
