import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { before, describe, it } from "node:test";
import { root } from "../../../tools/build/layout.ts";
import { type Outcome, Project } from "./project.ts";

const command = "node_modules/.bin/gatewright";

for (const version of ["22", "24"]) {
  describe(`a program that installs the package, on Node.js ${version}`, () => {
    const node = `node_modules/node-${version}/bin/node`;
    let project: Project;
    const gatewright = (...args: string[]): Outcome => project.run(node, command, ...args);

    before(async () => {
      project = await Project.install("consumer");
      project.copy("test/system/packages/consumer/programs", "programs");
      for (const file of ["acme.ts", "edge.ts", "infrastructure.ts", "store.ts"]) {
        project.copy(`examples/acme/${file}`, `programs/acme/${file}`);
      }
    });

    it("runs on that version", () => {
      assert.match(project.run(node, "--version").stdout, new RegExp(`^v${version}\\.`));
    });

    for (const program of ["programs/esm.mjs", "programs/cjs.cjs"]) {
      it(`gets every entry as one package: ${program}`, () => {
        const { status, stdout, stderr } = project.run(node, program);
        assert.equal(status, 0, stderr);
        const { manifests, simulate, handle } = JSON.parse(stdout) as {
          manifests: { kind: string }[];
          simulate: string;
          handle: string;
        };
        assert.deepEqual(
          [manifests.map(({ kind }) => kind), simulate, handle],
          [["HTTPRoute"], "function", "function"],
        );
      });
    }

    it("checks the acme program: nothing to say", () => {
      const { status, stdout, stderr } = gatewright("check", "programs/acme/acme.ts");
      assert.equal(status, 0, stdout + stderr);
    });

    it("synthesizes the acme program", () => {
      const { status, stdout, stderr } = gatewright("synth", "programs/acme/acme.ts");
      assert.equal(status, 0, stderr);
      assert.deepEqual(stdout.match(/^kind: .*$/gm)?.sort(), [
        "kind: Gateway",
        "kind: GatewayClass",
        "kind: HTTPRoute",
      ]);
    });

    it("is drawn, by code that only a picture loads", () => {
      const { status, stdout, stderr } = gatewright("graph", "programs/acme/acme.ts", "-o", "svg");
      assert.equal(status, 0, stderr);
      assert.equal(stdout, readFileSync(join(root, "docs/pictures/acme.svg"), "utf8"));
    });

    it("is told by the command, with the construct's path, what only TypeScript refuses to compile", () => {
      const { status, stdout, stderr } = gatewright("check", "programs/javascript.cjs");
      assert.equal(status, 1);
      assert.match(stdout + stderr, /carol\/mine.*ClusterOperator/s);
    });

    it("is served by `gatewright dev`, and drained on SIGTERM", { timeout: 30_000 }, async () => {
      const served = spawn(join(project.directory, node), [command, "dev", "programs/acme/acme.ts"], {
        cwd: project.directory,
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const address = await addressOf(served, "edge/acme-external");
        assert.equal(await backendOf(`${address}/store/cart`), "store/acme-store:8080");
        served.kill("SIGTERM");
        assert.deepEqual(await once(served, "exit"), [0, null]);
      } finally {
        served.kill("SIGKILL");
      }
    });
  });
}

/** Returns the address that `dev` prints in the row of a Gateway. */
async function addressOf(served: ChildProcess, gateway: string): Promise<string> {
  if (served.stdout === null) throw new Error("stdout is not a pipe");
  for await (const line of createInterface(served.stdout)) {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (line.includes(gateway) && address !== undefined) return address;
  }
  throw new Error(`gatewright dev ended without a line for ${gateway}`);
}

function backendOf(url: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host: "acme.io" }, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.headers["x-backend"]?.toString()));
    }).on("error", reject);
  });
}
