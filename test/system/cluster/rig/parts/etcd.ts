import type { PartDescription } from "../part.ts";
import { answersWell, type PartContext } from "./context.ts";

const client = "http://127.0.0.1:2379";
const peer = "http://127.0.0.1:2380";

export const etcdServers = client;

export function etcd({ state, programs }: PartContext): PartDescription {
  return {
    name: "etcd",
    command: [
      programs.etcd,
      `--data-dir=${state.file("etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // Data that a crash of the machine would lose is useless without the cluster.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    ready: () => answersWell(`${client}/health`),
  };
}
