import { mostDescriptors, withinDescriptors } from "./descriptors.ts";
import { defaultLimits, type Limits } from "./limits.ts";

/** What limits depend on. */
export interface LimitOptions {
  readonly limits?: Partial<Limits>;
  readonly trustedHops?: number;
}

/**
 * The limits of a process: those that are set, defaults for the others, within its file descriptors.
 *
 * @param descriptors how many the process may have; undefined if nobody knows.
 */
export function completeLimits(
  { limits, trustedHops = 0 }: LimitOptions,
  descriptors: number | undefined = mostDescriptors(),
): Limits {
  // The connections of a trusted hop are those of all its clients.
  const ofAddress = trustedHops > 0 ? { addressConnections: 0, addressShare: 0 } : {};
  return withinDescriptors({ ...defaultLimits, ...ofAddress, ...limits }, descriptors);
}
