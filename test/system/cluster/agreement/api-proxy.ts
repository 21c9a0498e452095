import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Cluster } from "../cluster.ts";

/** An address of the API server that needs no authentication: kubectl adds it. */
export interface ApiProxy {
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  stop(): Promise<void>;
}

/** Starts `kubectl proxy`, which is faster than one kubectl for each of thousands of calls. */
export async function apiProxy(cluster: Cluster): Promise<ApiProxy> {
  const [program = "", ...args] = [cluster.kubectlProgram, "proxy", "--port=0", "--reject-methods=^$"];
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
  });
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, "line"), once(child, "error")])) as [unknown];
  const address = /127\.0\.0\.1:\d+/.exec(String(line))?.[0];
  if (address === undefined) throw new Error(`kubectl proxy says no address: ${String(line)}`);
  return {
    call: async (method, path, body) => {
      const response = await fetch(`http://${address}${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      return { status: response.status, body: await response.json() };
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
