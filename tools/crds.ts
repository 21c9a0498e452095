/**
 * `npm run crds`: packs the CRDs of the Gateway API's Go module into the module that GatewayApiCrds unpacks. The test
 * tier `crds` compares the two.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { parseAllDocuments } from "yaml";
import type { Channel } from "../lib/api/schema/schema.ts";
import { root } from "./build/layout.ts";
import { gatewayApi, version } from "./gateway-api.ts";

/** Returns every object of a channel's files, in order. */
export function publishedObjects(channel: Channel): readonly unknown[] {
  const directory = join(gatewayApi(), "config/crd", channel);
  return globSync("gateway.networking.*k8s.io_*.yaml", { cwd: directory })
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(directory, file), "utf8")))
    .flatMap((document) => document.toJS() ?? []);
}

if (import.meta.main) {
  const text = JSON.stringify({
    standard: publishedObjects("standard"),
    experimental: publishedObjects("experimental"),
  });
  // The compression window must cover both channels. Together they are then hardly larger than one.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  const packed = brotliCompressSync(text, { params }).toString("base64");
  writeFileSync(
    join(root, "lib/infrastructure-provider/crds/packed.ts"),
    `/**
 * The CRDs of sigs.k8s.io/gateway-api ${version}, both channels, as published under config/crd: JSON, brotli, base64.
 * Copyright The Kubernetes Authors, Apache License 2.0. Written by \`npm run crds\`.
 */
export const packedCrds =
  "${packed}";
`,
  );
}
