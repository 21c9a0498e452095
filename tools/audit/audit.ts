/** `npm run audit`: holds package-lock.json against the kept list of advisories. It needs no network. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build/layout.ts";
import { type AdvisoryList, auditLock, type LockFile } from "./audit-lock.ts";

const read = <Content>(file: string) => JSON.parse(readFileSync(join(root, file), "utf8")) as Content;
const lock = read<LockFile>("package-lock.json");
const list = read<AdvisoryList>("tools/audit/advisories.json");
const problems = auditLock(lock, list);
for (const problem of problems) console.error(problem);
const count = Object.keys(lock.packages).length - 1;
console.log(
  `${count} locked packages, ${list.advisories.length} advisories as of ${list.updated}: ${problems.length} problems. Advisories that are newer are found by npm audit, which asks the registry.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
