import { webcrypto } from "node:crypto";
import { defineFilter } from "gatewright/filters";
import { z } from "zod";

const { subtle } = webcrypto;

/** The secret comes from the environment of the proxy, not from an object. */
const secret = new TextEncoder().encode(process.env.ACME_SIGNING_KEY ?? "for development only");
const key = subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** Signs requests, so that backends can recognise requests that came through the Gateway. */
export const signRequest = defineFilter({
  group: "acme.io",
  kind: "SignRequest",
  schema: z.object({ keyId: z.string().min(1) }),

  async request({ method, host, path, query }, { spec }) {
    const text = [method, host, path, query].join("\n");
    const signature = await subtle.sign("HMAC", await key, new TextEncoder().encode(text));
    return {
      headers: { set: { "x-acme-signature": `${spec.keyId}:${Buffer.from(signature).toString("base64url")}` } },
    };
  },

  response({ headers }) {
    // Do not reveal the server software to clients.
    return headers.has("server") ? { headers: { remove: ["server"] } } : undefined;
  },
});
