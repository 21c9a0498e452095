import type { AnyObject } from "../../lib/api/declared/declared.ts";
import { placesOf } from "./files.ts";
import { readText } from "./read-text.ts";
import type { Source } from "./source.ts";

/** Two PEM files, a certificate with its chain and its key, and the name of the Secret that they become. */
export interface KeyPairFiles {
  readonly namespace: string;
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a Secret of type kubernetes.io/tls from two files. The code that uses the Secret validates the content. The
 * source does not return the text of the files otherwise, so that no finding can quote a key.
 */
export function keyPairSource({ namespace, name, certificate, key }: KeyPairFiles): Source {
  return {
    name: certificate,
    async read() {
      const readAt = Date.now();
      const files = [certificate, key];
      const reads = await Promise.all(
        files.map(async (file) => ({ file, ...(await readText(file, file, { streams: true })) })),
      );
      const texts = reads.flatMap((read) => ("text" in read ? [read.text] : []));
      const findings = reads.flatMap((read) => ("text" in read ? [] : [read.finding]));
      const [crt = "", secret = ""] = texts;
      const object: AnyObject & { readonly type: string; readonly data: Readonly<Record<string, string>> } = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { namespace, name },
        type: "kubernetes.io/tls",
        data: { "tls.crt": base64(crt), "tls.key": base64(secret) },
      };
      return {
        content: {
          name: certificate,
          declared: findings.length === 0 ? [{ object, origin: { file: certificate } }] : [],
          findings,
        },
        absent: reads.some((read) => "absent" in read && read.absent),
        // An empty file is being saved: it does not count as present.
        present: reads.flatMap((read) => ("text" in read && read.text !== "" ? [read.file] : [])),
        places: (await Promise.all(files.map(placesOf))).flat(),
        readAt,
      };
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
