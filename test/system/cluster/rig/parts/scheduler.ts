import { request } from "node:https";
import type { PartDescription } from "../part.ts";
import type { PartContext } from "./context.ts";

export function scheduler({ programs, identities }: PartContext): PartDescription {
  const config = identities.file("kube-scheduler.kubeconfig");
  return {
    name: "kube-scheduler",
    command: [
      programs["kube-scheduler"],
      `--kubeconfig=${config}`,
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
      "--leader-elect=false",
      "--profiling=false",
    ],
    ready: () => isHealthy(),
  };
}

/** Checks the scheduler. It signs its own serving certificate, and the loopback device belongs to the cluster alone. */
function isHealthy(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    request(
      { host: "127.0.0.1", port: 10_259, path: "/healthz", rejectUnauthorized: false, timeout: 2000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    )
      .on("error", reject)
      .end();
  });
}
