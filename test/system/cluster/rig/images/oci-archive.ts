import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../run.ts";

/** An image of one layer. */
export interface ImageDescription {
  /** Every name under which it is imported, each with its tag. */
  readonly names: readonly string[];
  /** Path in the image → the file of this machine. Modes are kept. */
  readonly files: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  /** Environment variables, as `NAME=value`. */
  readonly env?: readonly string[];
  /** Numeric user and group, such as `65532:65532`. Default: root. */
  readonly user?: string;
}

/** A reference to a part of an image, in `index.json` and manifests. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The names that images use for processor architectures. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Writes the archive of an image from files (OCI image layout 1.0 in a tar, with containerd's annotation of names). The
 * same files give the same archive.
 */
export async function writeImage(image: ImageDescription, archive: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "gatewright-image-"));
  try {
    const layout = join(scratch, "layout");
    mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
    const layer = blob(layout, layerType, await layerOf(image, scratch));
    const config = jsonBlob(layout, configType, configOf(image, layer));
    const manifest = jsonBlob(layout, manifestType, {
      schemaVersion: 2,
      mediaType: manifestType,
      config,
      layers: [layer],
    });
    const manifests = image.names.map((name) => ({ ...manifest, annotations: { "io.containerd.image.name": name } }));
    writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
    writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    const unfinished = `${archive}.unfinished`;
    await tar(layout, unfinished);
    renameSync(unfinished, archive);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const indexType = "application/vnd.oci.image.index.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";

async function layerOf({ files }: ImageDescription, scratch: string): Promise<Buffer> {
  const [content, layer] = [join(scratch, "root"), join(scratch, "layer.tar")];
  mkdirSync(content);
  for (const [path, source] of Object.entries(files)) {
    const file = join(content, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    copyFileSync(source, file);
    chmodSync(file, statSync(source).mode & 0o777);
  }
  await tar(content, layer);
  return readFileSync(layer);
}

function configOf({ entrypoint, env = [], user }: ImageDescription, layer: Descriptor): object {
  return {
    architecture: architectures[process.arch] ?? process.arch,
    os: "linux",
    config: {
      Entrypoint: entrypoint,
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...env],
      WorkingDir: "/",
      ...(user !== undefined && { User: user }),
    },
    // The layer is not compressed, so that its digest is that of its content.
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  };
}

/** Makes a tar with names, modes and content, without times and owners. */
async function tar(directory: string, file: string): Promise<void> {
  const plain = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  await run(["tar", "--create", "--file", file, ...plain, "--directory", directory, "."]);
}

function jsonBlob(layout: string, mediaType: string, value: object): Descriptor {
  return blob(layout, mediaType, Buffer.from(JSON.stringify(value)));
}

function blob(layout: string, mediaType: string, content: Buffer): Descriptor {
  const hash = createHash("sha256").update(content).digest("hex");
  writeFileSync(join(layout, "blobs/sha256", hash), content);
  return { mediaType, digest: `sha256:${hash}`, size: content.length };
}
