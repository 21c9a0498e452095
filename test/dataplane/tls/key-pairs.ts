import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyPair } from "../../../proxy/dataplane/tls/certificates.ts";

/** A self-signed certificate for these names. Node.js makes no certificates, so the machine's openssl does. */
export function keyPairFor(names: readonly string[], type: "ec" | "rsa" = "ec"): KeyPair {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-tls-"));
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "crt.pem")];
  const kind = type === "ec" ? ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : ["-newkey", "rsa:2048"];
  const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`];
  try {
    execFileSync(
      "openssl",
      ["req", "-x509", "-nodes", "-days", "2", ...kind, ...subject, "-keyout", key, "-out", certificate],
      { stdio: "pipe" },
    );
    return { certificates: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
