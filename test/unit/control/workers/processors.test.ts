import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { heapMegabytes } from "../../../../proxy/control/workers/heap.ts";
import { usableProcessors } from "../../../../proxy/control/workers/processors.ts";
import { shareOf } from "../../../../proxy/control/workers/shares.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import { scratch } from "../../cli/gatewright.ts";

async function processors(t: TestContext, files: Readonly<Record<string, string>>, parallelism = 8): Promise<number> {
  const root = await scratch(t);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return usableProcessors({ parallelism, root });
}

const v2 = "0::/kubepods/pod1/app\n";
const v1 = "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n";

for (const [what, files, expected] of [
  ["no control groups", {}, 8],
  ["no quota", { "proc/self/cgroup": v2, "sys/fs/cgroup/kubepods/pod1/app/cpu.max": "max 100000\n" }, 8],
  ["two and a half", { "proc/self/cgroup": v2, "sys/fs/cgroup/kubepods/pod1/app/cpu.max": "250000 100000\n" }, 3],
  ["a tenth", { "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "10000 100000\n" }, 1],
  ["more than there are", { "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "6400000 100000\n" }, 8],
  [
    "the group above has less",
    {
      "proc/self/cgroup": v2,
      "sys/fs/cgroup/kubepods/pod1/app/cpu.max": "400000 100000\n",
      "sys/fs/cgroup/kubepods/pod1/cpu.max": "200000 100000\n",
    },
    2,
  ],
  [
    "a path of the host's, in a container",
    { "proc/self/cgroup": "0::/../../pod\n", "sys/fs/cgroup/cpu.max": "100000 100000" },
    1,
  ],
  [
    "version 1",
    {
      "proc/self/cgroup": v1,
      "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "150000\n",
      "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
    },
    2,
  ],
  [
    "version 1 without a quota",
    {
      "proc/self/cgroup": v1,
      "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000\n",
    },
    8,
  ],
  ["nothing that can be read", { "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "what\n" }, 8],
] as const) {
  test(`processors to use with ${what}: ${expected} of 8`, async (t) => {
    assert.equal(await processors(t, files), expected);
  });
}

test("limits of the process are divided among its threads, and nothing else is; none stays none", () => {
  const limits = { ...defaultLimits, requests: 0, addressConnections: 10 };
  const share = shareOf(limits, 4);
  assert.deepEqual(shareOf(limits, 1), limits);
  const changed = Object.entries(share).filter(([name, value]) => value !== limits[name as keyof typeof limits]);
  assert.deepEqual(Object.fromEntries(changed), {
    connections: 4_096,
    addressConnections: 3,
    endpointConnections: 256,
    upstreamConnections: 4_096,
    endpointQueue: 256,
    mirrors: 256,
  });
});

test("heaps have an equal part of the memory, not too little and not more than V8 takes", () => {
  const mega = 1024 * 1024;
  assert.equal(heapMegabytes(3, 2_048 * mega), 512);
  assert.equal(heapMegabytes(4, 256 * mega), 128);
  assert.equal(heapMegabytes(1, 64_000 * mega), 4_096);
});
