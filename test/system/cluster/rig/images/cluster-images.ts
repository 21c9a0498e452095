import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cached } from "../cache.ts";
import { fileOf } from "../packages.ts";
import { pauseImage } from "../parts/containerd.ts";
import type { Programs } from "../versions.ts";
import { type ImageDescription, writeImage } from "./oci-archive.ts";

/** A static busybox, for Pods of tests that need a program or two. */
export const busyboxImage = "gatewright.test/busybox:1";

/** The conformance suite's backend, under both names that its manifests use. */
const echoNames = ["v0.1.0", "v0.2.0"].map((tag) => `registry.k8s.io/gateway-api/conformance/echo-basic:${tag}`);
export const echoBasicImage = echoNames[0] ?? "";

/** Returns the archives of the images that every cluster has. */
export async function clusterImages(programs: Programs): Promise<string[]> {
  const busybox = fileOf("busybox") ?? "/bin/busybox";
  const images: readonly ImageDescription[] = [
    // The pause container holds the namespaces of a Pod and sleeps until it is killed.
    { names: [pauseImage], files: { "/busybox": busybox }, entrypoint: ["/busybox", "sleep", "2147483647"] },
    { names: [busyboxImage], files: { "/bin/busybox": busybox }, entrypoint: ["/bin/busybox"] },
    {
      names: echoNames,
      files: { "/echo-basic": programs["echo-basic"] },
      entrypoint: ["/echo-basic"],
      user: "65532:65532",
    },
  ];
  return Promise.all(images.map(archiveOf));
}

/** Returns the archive of an image from the cache, by a hash of its inputs. */
async function archiveOf(image: ImageDescription): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(image));
  for (const file of Object.values(image.files)) hash.update(readFileSync(file));
  const name = `image-${basename(image.names[0] ?? "").replace(/:.*/, "")}-${hash.digest("hex").slice(0, 10)}`;
  const directory = await cached(name, (unfinished) => writeImage(image, join(unfinished, "image.tar")));
  return join(directory, "image.tar");
}
