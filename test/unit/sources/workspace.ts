import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";

/**
 * Makes a directory for a test file, removed when the file has ended. Files in it have neither gatewright nor
 * constructs installed.
 */
export function workspace(): {
  readonly root: string;
  path(name: string): string;
  write(files: Readonly<Record<string, string | Buffer>>): Promise<void>;
} {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "gatewright-sources-")));
  after(() => rmSync(root, { recursive: true, force: true }));
  const path = (name: string) => join(root, name);
  return {
    root,
    path,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(path(name)), { recursive: true });
        await writeFile(path(name), content);
      }
    },
  };
}

export function service(name: string, note = ""): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${note === "" ? "" : `  annotations: {note: ${JSON.stringify(note)}}\n`}`;
}

/** Works like objectsOf of lib/targets, with the objects that the program returns. */
export function objectsOf(program: (scope: never) => unknown) {
  try {
    const names = program({} as never) as readonly string[];
    return {
      declared: names.map((name) => ({
        object: { apiVersion: "v1", kind: "Service", metadata: { name } },
        origin: { construct: name },
      })),
      findings: [],
    };
  } catch (error) {
    return { declared: [], findings: [{ code: "GW1007", severity: "error", message: String(error) } as const] };
  }
}
