import { satisfies, valid } from "semver";

/** The parts of package-lock.json (lockfileVersion 3) that the audit reads. */
export interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

/** tools/audit/advisories.json. */
export interface AdvisoryList {
  /** Day on which the list was last changed, as YYYY-MM-DD. */
  readonly updated: string;
  readonly advisories: readonly Advisory[];
  /** Advisories that concern a locked version and do no harm here, each with the reason. */
  readonly accepted: readonly { readonly id: string; readonly package: string; readonly reason: string }[];
  /** Packages that may run a script when they are installed. */
  readonly installScripts: readonly string[];
}

export interface Advisory {
  readonly id: string;
  readonly package: string;
  /** A range of semver. */
  readonly vulnerable: string;
  readonly what: string;
}

/**
 * Holds a lock file against what is known without a network. It finds versions of advisories that the list has; entries
 * without a hash, which npm would install whatever they contain; packages that do not come from a registry; and scripts
 * that run on install. It cannot find an advisory that nobody has put into the list.
 *
 * @returns what is wrong, a line each; empty if nothing is.
 */
export function auditLock(lock: LockFile, list: AdvisoryList): readonly string[] {
  if (lock.lockfileVersion !== 3) return [`package-lock.json has lockfileVersion ${lock.lockfileVersion}; 3 is read`];
  const packages = Object.entries(lock.packages).filter(([path, { link }]) => path !== "" && link !== true);
  const concerned = new Set<string>();
  const problems = packages.flatMap(([path, entry]) => {
    const name = nameOf(path);
    const advisories = list.advisories.filter((advisory) => advisory.package === name && concerns(advisory, entry));
    for (const { id } of advisories) concerned.add(`${id} ${name}`);
    const unaccepted = advisories.filter(
      ({ id }) => !list.accepted.some((one) => one.id === id && one.package === name),
    );
    return [
      ...unaccepted.map(
        ({ id, what }) => `${path} ${entry.version}: ${id}, ${what}. Update it, or accept it with a reason.`,
      ),
      ...provenance(path, entry),
      ...(entry.hasInstallScript === true && !list.installScripts.includes(name)
        ? [`${path}: it runs a script on install. Look at the script, and add the package to installScripts.`]
        : []),
    ];
  });
  const stale = list.accepted.filter(({ id, package: name }) => !concerned.has(`${id} ${name}`));
  return [...problems, ...stale.map(({ id }) => `${id} is accepted and concerns no locked version. Remove it.`)];
}

function concerns({ vulnerable }: Advisory, { version = "" }: LockedPackage): boolean {
  // A version that is not semantic cannot be compared, so it counts as vulnerable.
  return valid(version) === null || satisfies(version, vulnerable, { includePrerelease: true });
}

function provenance(path: string, { integrity, inBundle, resolved, version }: LockedPackage): readonly string[] {
  const isRegistry = resolved === undefined || /^https:\/\/[^/]+\/.*\.tgz$/.test(resolved);
  if (!isRegistry || valid(version ?? "") === null) return [`${path}: it comes from no registry. Depend on a release.`];
  // A package's bundled dependencies are covered by the hash of its tarball.
  if (inBundle === true || /^sha512-/.test(integrity ?? "")) return [];
  return [
    `${path}: it has no SHA-512 hash, so npm would install whatever it gets. Run npm install --package-lock-only.`,
  ];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}
