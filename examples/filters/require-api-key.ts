import { createHash } from "node:crypto";
import { defineFilter } from "gatewright/filters";
import { z } from "zod";

/**
 * Admits only requests with a known key. Its objects list the SHA-256 hashes of the keys, because a filter's settings
 * are plain configuration and must not contain secrets.
 */
export const requireApiKey = defineFilter({
  group: "acme.io",
  kind: "RequireApiKey",
  schema: z.object({
    header: z.string().default("x-api-key"),
    sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1),
  }),

  request({ headers }, { spec }) {
    const key = headers.get(spec.header);
    const known = key !== undefined && spec.sha256.includes(createHash("sha256").update(key).digest("hex"));
    if (!known) {
      const challenge = { "www-authenticate": 'ApiKey realm="acme.io"' };
      return { respond: { status: 401, headers: challenge, body: `Send a key in ${spec.header}.\n` } };
    }
    // The backend does not need the key.
    return { headers: { remove: [spec.header] } };
  },
});
