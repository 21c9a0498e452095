import { keep, keptInputs } from "./corpus.ts";
import { mutated } from "./mutate.ts";
import { Random } from "./random.ts";
import type { FuzzTarget } from "./target.ts";

/** Milliseconds of a processor. An input that takes longer on every one of three tries hangs a thread. */
const slowest = 1000;
/** Kinds of outcomes beyond this many tell nothing new. */
const mostKinds = 2000;

export interface CampaignResult {
  readonly executions: number;
  /** Kinds of outcomes, and those of them that the corpus did not have. */
  readonly kinds: number;
  readonly found: number;
}

/**
 * Reads the corpus, then mutations of it until the time is over. What an execution reads depends on the seed and the
 * corpus alone.
 *
 * @param saves whether inputs with new kinds of outcomes are added to the corpus.
 * @throws Error with the input for which something does not hold.
 */
export async function campaign(
  target: FuzzTarget,
  options: { readonly seed: number; readonly milliseconds: number; readonly saves: boolean },
): Promise<CampaignResult> {
  const random = new Random(options.seed);
  const seeds = [...keptInputs(target.name).map(({ input }) => input), ...((await target.seeds?.()) ?? [])];
  if (seeds.length === 0) throw new Error(`The corpus of ${target.name} is empty`);
  const kinds = new Set<string>();
  let executions = 0;
  for (const input of seeds) {
    kinds.add(await execute(target, input, random));
    executions++;
  }
  const known = kinds.size;
  const end = performance.now() + options.milliseconds;
  for (; performance.now() < end; executions++) {
    const input = mutated(seeds, target.tokens, random);
    const kind = await execute(target, input, random);
    // Other tests of the process, and the timers of the sockets, have their turn.
    if (executions % 2000 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (kinds.has(kind) || kinds.size >= mostKinds) continue;
    kinds.add(kind);
    seeds.push(input);
    if (options.saves) keep(target.name, input);
  }
  return { executions, kinds: kinds.size, found: kinds.size - known };
}

async function execute(target: FuzzTarget, input: Buffer, random: Random): Promise<string> {
  const own = random.below(0x1_0000_0000);
  for (let attempt = 1; ; attempt++) {
    const start = processorTime();
    let kind: string;
    try {
      kind = await target.check(input, new Random(own));
    } catch (error) {
      throw new Error(`${target.name}: does not hold for ${shown(input)}, execution seed ${own}`, { cause: error });
    }
    const took = processorTime() - start;
    if (took < slowest) return kind;
    if (attempt === 3) throw new Error(`${target.name}: ${Math.round(took)} ms for ${shown(input)}`);
  }
}

function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function shown(input: Buffer): string {
  const text = JSON.stringify(input.toString("latin1"));
  return text.length < 3000 ? text : `base64 ${input.toString("base64")}`;
}
