import { usableProcessors } from "../../../proxy/control/workers/processors.ts";
import { canSharePorts } from "../../../proxy/control/workers/shared-ports.ts";
import { UsageError } from "../report/terminal.ts";
import { wholeNumber } from "./arguments.ts";

/** Parses the value of `--workers`. */
export function workerCount(value: string): number {
  const count = wholeNumber(value, "--workers", 1);
  if (count > 1 && !canSharePorts()) {
    const here = `${process.platform} with Node.js ${process.versions.node}`;
    throw new UsageError(
      `--workers ${value}: threads share ports on Linux with Node.js 23.1 or newer; this is ${here}`,
    );
  }
  return count;
}

/** Returns the number of usable processors, or one where threads cannot share ports. */
export function defaultWorkers(): number {
  return canSharePorts() ? usableProcessors() : 1;
}
