/**
 * Cases of h2spec that the proxy does not pass, by the name in the report, each with the reason. One that passes after
 * all must be taken out, or the tier fails.
 */
export const exceptions: Readonly<Record<string, string>> = {};
