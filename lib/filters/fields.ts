import { separatorOf } from "../routing/rewrite/headers.ts";
import type { HeaderFields } from "./message.ts";

/**
 * Header fields that are read on first access. The message's memory is reused after the filter has ended, so fields
 * that were not read by then are no longer available.
 */
export class LazyFields implements HeaderFields {
  #read: (() => readonly string[]) | undefined;
  #list: readonly string[] | undefined;

  /** @param read returns alternating names and values. */
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

  /** Ends the access. Called when the filter has ended. */
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
