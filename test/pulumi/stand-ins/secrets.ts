/** How the engine writes a secret: an object with this key and value, and the secret beside it. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** Part of the provider's stand-in: the value as the API server takes it. */
export function unwrapped(value: unknown): unknown {
  if (isSecret(value)) return unwrapped(value.value);
  if (Array.isArray(value)) return value.map(unwrapped);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unwrapped(member)]));
}

/** A value with its parts secret where those of another are. */
export function secretLike(value: unknown, other: unknown): unknown {
  if (isSecret(other)) return { [signature]: secret, value };
  if (Array.isArray(value))
    return value.map((item, i) => secretLike(item, Array.isArray(other) ? other[i] : undefined));
  if (!isRecord(value) || !isRecord(other)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, secretLike(member, other[key])]));
}

function isSecret(value: unknown): value is { readonly value: unknown } {
  return isRecord(value) && value[signature] === secret;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
