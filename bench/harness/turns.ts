import type { Peer, StartedPeer } from "../peers/peer.ts";
import { cpuMicroseconds, residentMebibytes } from "./cpu.ts";
import type { Load } from "./load.ts";
import { stop } from "./processes.ts";
import type { Row } from "./row.ts";
import { summarize } from "./statistics.ts";

interface Sample {
  readonly cpu: number;
  readonly load: Load;
}

/** The measurements of one peer, with one sample for each round. */
export interface Series {
  readonly saturated: Sample[];
  readonly paced: Sample[];
  memory: number;
}

/** The configuration of a measurement in which the peers take turns in each round. */
export interface Turns {
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly seconds: number;
  /** Prefix of the progress messages. */
  readonly what: string;
  start(peer: Peer): Promise<StartedPeer>;
  /** Sends as many requests as the peer answers. */
  saturate(port: number, seconds: number): Promise<Load>;
  /** Sends requests at a rate that all peers can sustain. */
  pace(port: number, seconds: number): Promise<Load>;
}

export async function measureInTurns(turns: Turns): Promise<Map<Peer, Series>> {
  const { peers, rounds, seconds, what } = turns;
  const series = new Map<Peer, Series>(peers.map((peer) => [peer, { saturated: [], paced: [], memory: 0 }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [peer, samples] of series) {
      const { process: child, port } = await turns.start(peer);
      await turns.saturate(port, 2); // warm: just-in-time compilers and connection pools
      const saturated = await sample(child.pid, () => turns.saturate(port, seconds));
      samples.saturated.push(saturated);
      samples.paced.push(await sample(child.pid, () => turns.pace(port, seconds)));
      samples.memory = Math.max(samples.memory, residentMebibytes(child.pid));
      await stop(child);
      console.error(
        `  ${what}, round ${round + 1}: ${peer.name.padEnd(10)} ` +
          `${saturated.cpu.toFixed(1)} µs, ${Math.round(saturated.load.requests / seconds)} requests/s`,
      );
    }
  }
  return series;
}

async function sample(pid: number, load: () => Promise<Load>): Promise<Sample> {
  const before = cpuMicroseconds(pid);
  const seen = await load();
  return { cpu: (cpuMicroseconds(pid) - before) / seen.requests, load: seen };
}

export function tabulate(headerCount: number, fixedRate: number, series: ReadonlyMap<Peer, Series>): Row[] {
  const headers = headerCount === 1 ? "1 header" : `${headerCount} headers`;
  const kinds = [
    ["saturated", `${headers}, saturated`],
    ["paced", `${headers}, ${fixedRate} requests/s`],
  ] as const;
  return kinds.flatMap(([kind, group]) =>
    [...series].map(([peer, samples]) => ({
      group,
      peer: peer.name,
      cpu: summarize(samples[kind].map((each) => each.cpu)),
      requestsPerSecond: summarize(samples[kind].map((each) => each.load.requests / each.load.seconds)).median,
      p50: summarize(samples[kind].map((each) => each.load.p50)).median,
      p99: summarize(samples[kind].map((each) => each.load.p99)).median,
      memory: samples.memory,
      failed: samples[kind].reduce((sum, each) => sum + each.load.failed, 0),
    })),
  );
}
