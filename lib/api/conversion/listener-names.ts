import { isFields } from "./fields.ts";

/**
 * Names listeners of v1alpha1, which had no names. A name consists of protocol and port (`http-80`), with a number if
 * several listeners share both. It never equals a name in the document.
 */
export function nameListeners(listeners: readonly unknown[]): string[] {
  const given = listeners.map((listener) =>
    isFields(listener) && typeof listener.name === "string" ? listener.name : undefined,
  );
  const taken = new Set(given.filter((name) => name !== undefined));
  return listeners.map((listener, index) => {
    const own = given[index];
    if (own !== undefined) return own;
    const name = firstFree(baseName(listener), taken);
    taken.add(name);
    return name;
  });
}

function firstFree(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

/** Makes a valid `sectionName` of any protocol. Names of implementation-specific protocols contain dots and slashes. */
function baseName(listener: unknown): string {
  if (!isFields(listener)) return "listener";
  const protocol = typeof listener.protocol === "string" ? listener.protocol : "listener";
  const words = protocol
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const port = typeof listener.port === "number" ? `-${listener.port}` : "";
  return `${words === "" ? "listener" : words.slice(0, 40)}${port}`;
}
