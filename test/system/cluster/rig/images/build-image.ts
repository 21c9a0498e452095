import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireImageBuilder, searchPath } from "../packages.ts";
import { run } from "../run.ts";

export interface ImageBuild {
  readonly dockerfile: string;
  /** The directory that COPY reads from. */
  readonly context: string;
  /** Values of the Dockerfile's ARGs. `oci-archive:FILE` names a base that is an archive of this machine. */
  readonly args?: Readonly<Record<string, string>>;
  /** The image's name with its tag. */
  readonly name: string;
}

/**
 * Builds an image from its own Dockerfile, without a registry and without a network, and writes an archive for
 * `Cluster.load`. Needs root and buildah, which is installed if possible.
 */
export async function buildImage({ dockerfile, context, args = {}, name }: ImageBuild, archive: string): Promise<void> {
  await requireImageBuilder();
  const scratch = mkdtempSync(join(tmpdir(), "gatewright-build-"));
  const storage = ["--root", join(scratch, "root"), "--runroot", join(scratch, "run"), "--storage-driver", "vfs"];
  const buildah = (...words: readonly string[]) =>
    // The network namespace is empty, so there is no network.
    run(["unshare", "--net", "buildah", ...storage, ...words], {
      env: { PATH: searchPath, TMPDIR: scratch },
      timeout: 600_000,
    });
  const values = Object.entries(args).flatMap(([arg, value]) => ["--build-arg", `${arg}=${value}`]);
  try {
    // Without a container runtime, steps run in a chroot.
    const isolation = ["--isolation", "chroot", "--pull-never"];
    await buildah("bud", ...isolation, "--format", "oci", ...values, "--tag", name, "--file", dockerfile, context);
    const unfinished = `${archive}.unfinished`;
    await buildah("push", name, `oci-archive:${unfinished}:${name}`);
    renameSync(unfinished, archive);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
