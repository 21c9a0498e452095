import { mostDescriptors, withinDescriptors } from "./descriptors.ts";
import { defaultLimits, type Limits } from "./limits.ts";

/** The options from which limits are derived. */
export interface LimitOptions {
  readonly limits?: Partial<Limits>;
  readonly trustedHops?: number;
}

/**
 * Returns the limits of a process: explicit ones, defaults for the others, within its file descriptors.
 *
 * @param descriptors number of file descriptors that the process may have; undefined if unknown.
 */
export function completeLimits(
  { limits, trustedHops = 0 }: LimitOptions,
  descriptors: number | undefined = mostDescriptors(),
): Limits {
  // The connections of a trusted hop carry all its clients.
  const ofAddress = trustedHops > 0 ? { addressConnections: 0, addressShare: 0 } : {};
  return withinDescriptors({ ...defaultLimits, ...ofAddress, ...limits }, descriptors);
}
