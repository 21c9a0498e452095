import { setTimeout as sleep } from "node:timers/promises";
import type { RuleOptions, SnapshotOptions } from "../../unit/dataplane/harness/configuration.ts";
import { mirrorTo } from "../../unit/dataplane/harness/configuration.ts";
import { keyPairFor } from "../../unit/dataplane/tls/key-pairs.ts";
import { type Holding, ProxyChild } from "../load/proxy-child.ts";
import { SoakBackend } from "./backend.ts";
import { certainGrowth } from "./regression.ts";
import { Traffic } from "./traffic.ts";

const mebibyte = 1024 * 1024;

export interface SoakOptions {
  readonly seconds: number;
  /** Milliseconds between two samples. */
  readonly interval: number;
  /** Number of concurrent requests to each proxy. */
  readonly lanes: number;
}

/** The results of one proxy over a whole soak. Memory is in MiB, after a garbage collection. */
export interface Soaked {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Number of requests of each kind. */
  readonly done: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly failures: readonly string[];
  /** The certain growth over the samples after the first third, in MiB. */
  readonly growth: { readonly used: number; readonly rss: number };
  /** Number of connections that are left after all clients have ended. */
  readonly left: number;
}

export interface Sample {
  readonly second: number;
  /** V8's heap, and the memory outside of it that it refers to. */
  readonly used: number;
  readonly rss: number;
  readonly connections: number;
}

/** Runs mixed traffic against a proxy in clear text and one over TLS, with a change of routes each second. */
export async function soak(options: SoakOptions, onSample: (name: string, sample: Sample) => void): Promise<Soaked[]> {
  const backend = await new SoakBackend().listen();
  const keyPair = keyPairFor(["acme.io"]);
  try {
    return await Promise.all([
      run("HTTP", options, backend.port, undefined, onSample),
      run("HTTPS", options, backend.port, keyPair, onSample),
    ]);
  } finally {
    backend.close();
  }
}

async function run(
  name: string,
  { seconds, interval, lanes }: SoakOptions,
  backendPort: number,
  tls: ReturnType<typeof keyPairFor> | undefined,
  onSample: (name: string, sample: Sample) => void,
): Promise<Soaked> {
  const start = {
    options: configuration(0, backendPort),
    // A client that leaves during its handshake is dropped after this time, which must be shorter than the wait at the
    // end.
    limits: { handshakeTimeout: 2_000 },
  };
  const proxy = await ProxyChild.spawn({ ...start, ...(tls !== undefined && { tls }) });
  try {
    const traffic = new Traffic(proxy.port, tls !== undefined, lanes);
    const began = performance.now();
    const elapsed = () => (performance.now() - began) / 1_000;
    const samples: Sample[] = [];
    for (let change = 1, next = interval; elapsed() < seconds; change++) {
      await sleep(Math.max(0, change * 1_000 - elapsed() * 1_000));
      // The ports stay; only routes change.
      await proxy.apply(configuration(change, backendPort));
      if (elapsed() < next) continue;
      next += interval;
      const sample = sampleOf(elapsed(), await proxy.measure());
      samples.push(sample);
      onSample(name, sample);
    }
    await traffic.end();
    const { done, failed, failures } = traffic;
    return { name, samples, done, failed, failures, growth: growthOf(samples), left: await connectionsLeft(proxy) };
  } finally {
    proxy.kill();
  }
}

/**
 * Returns a configuration. One rule's name, a header and a path belong to this change only; the routes of the traffic
 * always exist.
 */
function configuration(change: number, port: number): SnapshotOptions {
  const at = (value: string, rest: Partial<RuleOptions> = {}): RuleOptions => ({
    path: { type: "PathPrefix", value },
    ...rest,
  });
  const moved = { type: "RequestRedirect", hostname: "new.io", statusCode: 302 } as const;
  return {
    endpoints: { main: port, copy: port },
    rules: [
      at(`/change-${change}`, {
        id: `HTTPRoute/default/soak/rules/${change}`,
        headers: { "x-change": String(change) },
      }),
      ...["/small", "/large", "/slow", "/chunks", "/broken"].map((path) => at(path)),
      at("/retry", { retry: { attempts: 3, backoff: 1, codes: [503] } }),
      at("/mirrored", { filters: [mirrorTo("copy")] }),
      at("/moved", { filters: [moved] }),
    ],
  };
}

function sampleOf(second: number, { heapUsed, external, rss, active }: Holding): Sample {
  return { second, used: (heapUsed + external) / mebibyte, rss: rss / mebibyte, connections: active };
}

/** Returns the growth after the first third: before, code is compiled and pools fill. */
function growthOf(samples: readonly Sample[]): Soaked["growth"] {
  const settled = samples.slice(Math.floor(samples.length / 3));
  return {
    used: certainGrowth(settled.map(({ second, used }) => [second, used])),
    rss: certainGrowth(settled.map(({ second, rss }) => [second, rss])),
  };
}

async function connectionsLeft(proxy: ProxyChild): Promise<number> {
  for (let tries = 0; ; tries++) {
    const { active } = await proxy.measure();
    if (active === 0 || tries === 50) return active;
    await sleep(100);
  }
}
