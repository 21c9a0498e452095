/** `npm run sbom`: writes what the package and the image are made of, as CycloneDX, to dist/sbom.cdx.json. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist, root } from "./layout.ts";

/** A part of a CycloneDX document that is read or changed here. */
export interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** `NAME VERSION (LICENSE)`, at the head of each section of THIRD-PARTY-LICENSES. */
const bundledHead = /^(\S+) (\S+) \(.*\)$/gm;

/**
 * The SBOM that npm makes of the lock file, without the packages that only build and test. What is bundled into the
 * command is named by the licenses that the bundle comes with; what an install brings besides, by the dependencies of
 * package.json. It is the same for the same lock file: without time and serial number.
 *
 * @param licenses the text of THIRD-PARTY-LICENSES.
 */
export function sbomOf(lock: Sbom, licenses: string, installed: readonly string[]): Sbom {
  const bundled = new Set([...licenses.matchAll(bundledHead)].map(([, name, version]) => `${name}@${version}`));
  const byRef = new Map(lock.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const wanted = new Set<string>();
  const want = (ref: string): void => {
    if (wanted.has(ref)) return;
    wanted.add(ref);
    for (const next of byRef.get(ref) ?? []) want(next);
  };
  for (const component of lock.components) {
    if (installed.includes(component.name)) want(component["bom-ref"]);
    if (bundled.has(`${component.name}@${component.version}`)) wanted.add(component["bom-ref"]);
  }
  const { timestamp: _, ...metadata } = lock.metadata;
  return {
    bomFormat: lock.bomFormat,
    specVersion: lock.specVersion,
    metadata,
    components: lock.components.filter((component) => wanted.has(component["bom-ref"])),
    dependencies: lock.dependencies
      .filter(({ ref }) => wanted.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((next) => wanted.has(next)) })),
  };
}

/** npm reads the lock file alone: neither node_modules nor a registry. */
export function lockSbom(): Sbom {
  const args = ["sbom", "--package-lock-only", "--sbom-format=cyclonedx", "--offline"];
  return JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })) as Sbom;
}

/** @returns the file. */
export function writeSbom(licenses = join(dist, "THIRD-PARTY-LICENSES"), directory: string = dist): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const sbom = sbomOf(lockSbom(), readFileSync(licenses, "utf8"), Object.keys(dependencies));
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "sbom.cdx.json");
  writeFileSync(file, `${JSON.stringify(sbom, undefined, 2)}\n`);
  return file;
}

if (import.meta.main) console.log(writeSbom());
