import { separatorOf } from "../routing/rewrite/headers.ts";
import type { HeaderFields } from "./message.ts";

/**
 * Header fields that are read when they are first asked for. The message they stand in is gone when the filter has
 * ended, and its memory another message's: what has not been read by then cannot be any more.
 */
export class LazyFields implements HeaderFields {
  #read: (() => readonly string[]) | undefined;
  #list: readonly string[] | undefined;

  /** @param read names and values in turn. */
  constructor(read: () => readonly string[]) {
    this.#read = read;
  }

  get(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 0 ? undefined : values.join(separatorOf(name.toLowerCase()));
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  all(name: string): readonly string[] {
    const lower = name.toLowerCase();
    const values: string[] = [];
    for (const [own, value] of this) if (own.toLowerCase() === lower) values.push(value);
    return values;
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    const list = this.#fields;
    for (let i = 0; i < list.length; i += 2) yield [list[i] as string, list[i + 1] as string];
  }

  /** The filter has ended. */
  close(): void {
    this.#read = undefined;
  }

  get #fields(): readonly string[] {
    if (this.#list !== undefined) return this.#list;
    if (this.#read === undefined) throw new Error("The filter has ended; read the header fields before it returns.");
    this.#list = this.#read();
    return this.#list;
  }
}
