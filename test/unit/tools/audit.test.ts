import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type AdvisoryList, auditLock, type LockedPackage } from "../../../tools/audit/audit-lock.ts";
import { root } from "../../../tools/build/layout.ts";

const integrity = "sha512-aaaa";
const list: AdvisoryList = {
  updated: "2026-01-01",
  advisories: [{ id: "GHSA-1", package: "@a/b", vulnerable: "<1.2.3 || >=2.0.0 <2.0.5", what: "a fault" }],
  accepted: [],
  installScripts: ["esbuild"],
};
const audit = (packages: Readonly<Record<string, LockedPackage>>, with_: Partial<AdvisoryList> = {}) =>
  auditLock({ lockfileVersion: 3, packages: { "": {}, ...packages } }, { ...list, ...with_ });

test("the lock file holds no version of an advisory that is known, and every package has a hash", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const kept = JSON.parse(readFileSync(join(root, "tools/audit/advisories.json"), "utf8"));
  assert.deepEqual(auditLock(lock, kept), []);
});

for (const [what, version, isFound] of [
  ["below the fix", "1.2.2", true],
  ["of the fix", "1.2.3", false],
  ["of a second range", "2.0.4", true],
  ["that is a prerelease of the fix", "1.2.3-rc.1", true],
] as const) {
  test(`a version ${what} is ${isFound ? "" : "not "}found, wherever it is nested`, () => {
    const problems = audit({ "node_modules/x/node_modules/@a/b": { version, integrity } });
    assert.equal(problems.length, isFound ? 1 : 0);
    if (isFound) assert.match(problems[0] ?? "", /^node_modules\/x\/node_modules\/@a\/b .*GHSA-1, a fault\. Update it/);
  });
}

test("an advisory that is accepted is no problem, and one that concerns nothing any more is", () => {
  const accepted = [{ id: "GHSA-1", package: "@a/b", reason: "the function is not called" }];
  assert.deepEqual(audit({ "node_modules/@a/b": { version: "1.0.0", integrity } }, { accepted }), []);
  assert.match(audit({ "node_modules/@a/b": { version: "1.2.3", integrity } }, { accepted })[0] ?? "", /Remove it/);
});

for (const [what, entry, why] of [
  ["without a hash", { version: "1.0.0" }, /no SHA-512 hash/],
  ["with a weak hash alone", { version: "1.0.0", integrity: "sha1-aaaa" }, /no SHA-512 hash/],
  ["of a repository", { version: "1.0.0", integrity, resolved: "git+ssh://git@host/x.git#1" }, /no registry/],
  ["over plain HTTP", { version: "1.0.0", integrity, resolved: "http://host/x.tgz" }, /no registry/],
  ["with a script", { version: "1.0.0", integrity, hasInstallScript: true }, /script on install/],
] as const) {
  test(`a package ${what} is a problem`, () => {
    assert.match(audit({ "node_modules/x": entry })[0] ?? "", why);
  });
}

test("packages within another's tarball, links and known scripts are no problem", () => {
  const packages = {
    "node_modules/x/node_modules/y": { version: "1.0.0", inBundle: true },
    "node_modules/z": { link: true },
    "node_modules/esbuild": { version: "1.0.0", integrity, hasInstallScript: true },
  };
  assert.deepEqual(audit(packages), []);
});
