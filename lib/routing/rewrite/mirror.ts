/**
 * Reports whether a request is mirrored (`HTTPRequestMirrorFilter.percent`, `.fraction`). Of any `denominator`
 * consecutive requests exactly `numerator` are mirrored, evenly spread.
 *
 * @param n the number of requests that the filter has seen before this one; any integer.
 */
export function isMirrored(share: { readonly numerator: number; readonly denominator: number }, n: number): boolean {
  const { numerator, denominator } = share;
  if (!(numerator > 0) || !(denominator > 0)) return false;
  if (numerator >= denominator) return true;
  const turn = n % denominator;
  // A request is mirrored where turn × numerator / denominator passes an integer.
  return ((turn < 0 ? turn + denominator : turn) * numerator) % denominator < numerator;
}
