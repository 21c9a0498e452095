import { separatorOf } from "../../../lib/routing/rewrite/headers.ts";
import {
  bit,
  CONNECTION,
  CONTENT_LENGTH,
  equalsIgnoringCase,
  type FieldId,
  fieldIdOf,
  fieldIdOfName,
  fieldIds,
  HOST,
  hopByHop,
  OTHER,
  UNDERSCORE,
  UNDERSCORED,
} from "./header-names.ts";

const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const COMMA = 0x2c;
const ZERO = 0x30;

/**
 * The head of one message as received: its bytes, and the position of each field in them. Strings are made only for
 * requested values, and unchanged parts are copied in as few pieces as possible.
 *
 * Offsets count from the head's first byte, so that they stay valid while a head in several reads is collected.
 */
export class Head {
  /** The bytes with the head; valid only while its message is processed, since reads share one buffer. */
  bytes: Buffer = Buffer.alloc(0);
  /** Offset in `bytes` of the head's first byte. */
  base = 0;
  /** Length of the head, including the empty line at its end. */
  length = 0;
  /** Number of fields. */
  count = 0;
  /** There are more fields than the head has room for. */
  overflow = false;
  /** Ids that occur (`bit(id)`), and ids that occur more than once. */
  seen = 0;
  repeated = 0;
  /** Offsets of a request's target. */
  targetStart = 0;
  targetEnd = 0;

  readonly #capacity: number;
  /** Name start, name end, value start, value end of each field. */
  readonly #offsets: Int32Array;
  readonly #ids: Uint8Array;
  /** Index of the first field of each id that is in `seen`. */
  readonly #first = new Uint16Array(fieldIds);

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#offsets = new Int32Array(capacity * 4);
    this.#ids = new Uint8Array(capacity);
  }

  clear(): void {
    this.length = 0;
    this.count = 0;
    this.overflow = false;
    this.seen = 0;
    this.repeated = 0;
    this.targetStart = 0;
    this.targetEnd = 0;
  }

  /** Adds a piece of the request target. A target that is cut by the end of a read has several. */
  addTarget(at: number, length: number): void {
    if (this.targetEnd === 0) this.targetStart = at;
    this.targetEnd = at + length;
  }

  /** Adds a piece of a field name. */
  addName(at: number, length: number): void {
    const last = (this.count - 1) * 4;
    // The name continues: it has no value yet, and this piece follows the last one.
    if (last >= 0 && this.#offsets[last + 2] === -1 && this.#offsets[last + 1] === at) {
      this.#offsets[last + 1] = at + length;
      return;
    }
    if (this.count === this.#capacity) {
      this.overflow = true;
      return;
    }
    const next = this.count++ * 4;
    this.#offsets[next] = at;
    this.#offsets[next + 1] = at + length;
    this.#offsets[next + 2] = -1;
    this.#offsets[next + 3] = -1;
  }

  /** Adds a piece of a field value. */
  addValue(at: number, length: number): void {
    if (this.overflow) return;
    const last = (this.count - 1) * 4;
    if (this.#offsets[last + 2] === -1) this.#offsets[last + 2] = at;
    this.#offsets[last + 3] = at + length;
  }

  /** Called once, when the head is complete: finds the fields that have an id. */
  complete(bytes: Buffer, base: number, length: number): void {
    this.bytes = bytes;
    this.base = base;
    this.length = length;
    const offsets = this.#offsets;
    for (let i = 0; i < this.count; i++) {
      const id = fieldIdOf(bytes, base + (offsets[i * 4] as number), base + (offsets[i * 4 + 1] as number));
      this.#ids[i] = id;
      if (id === OTHER) continue;
      if ((this.seen & bit(id)) !== 0) this.repeated |= bit(id);
      else this.#first[id] = i;
      this.seen |= bit(id);
    }
  }

  /** Returns a copy with memory of its own, which stays valid after the read. */
  detached(): Head {
    const head = new Head(this.count);
    head.bytes = Buffer.from(this.bytes.subarray(this.base, this.base + this.length));
    head.length = this.length;
    head.count = this.count;
    head.seen = this.seen;
    head.repeated = this.repeated;
    head.targetStart = this.targetStart;
    head.targetEnd = this.targetEnd;
    head.#offsets.set(this.#offsets.subarray(0, this.count * 4));
    head.#ids.set(this.#ids.subarray(0, this.count));
    head.#first.set(this.#first);
    return head;
  }

  /** Removes fields whose names have an underscore from the head. Returns whether there are any. */
  dropUnderscored(): boolean {
    for (let i = 0; i < this.count; i++) {
      const name = this.bytes.subarray(
        this.base + (this.#offsets[i * 4] as number),
        this.base + (this.#offsets[i * 4 + 1] as number),
      );
      if (!name.includes(UNDERSCORE)) continue;
      this.#ids[i] = UNDERSCORED;
      this.seen |= bit(UNDERSCORED);
    }
    return this.has(UNDERSCORED);
  }

  has(id: FieldId): boolean {
    return (this.seen & bit(id)) !== 0;
  }

  /** The first line, including its line end. */
  get startLine(): string {
    const end = this.count > 0 ? (this.#offsets[0] as number) : this.length - 2;
    return this.bytes.toString("latin1", this.base, this.base + end);
  }

  get target(): string {
    return this.bytes.toString("latin1", this.base + this.targetStart, this.base + this.targetEnd);
  }

  name(index: number): string {
    const at = index * 4;
    return this.bytes.toString(
      "latin1",
      this.base + (this.#offsets[at] as number),
      this.base + (this.#offsets[at + 1] as number),
    );
  }

  /** Returns a field's value without surrounding blanks (RFC 9112 section 5). */
  value(index: number): string {
    const at = index * 4;
    const start = this.#offsets[at + 2] as number;
    if (start === -1) return "";
    let end = this.base + (this.#offsets[at + 3] as number);
    while (end > this.base + start && isBlank(this.bytes[end - 1] as number)) end--;
    return this.bytes.toString("latin1", this.base + start, end);
  }

  /** Returns the value of the first field with this id, which must occur. */
  first(id: FieldId): string {
    return this.value(this.#first[id] as number);
  }

  /**
   * Returns whether the first field with this id, which must occur, is `name: number` without other blanks and without
   * leading zeros. Not all servers treat a tab, or a blank after the value, as RFC 9110 section 5.5 requires.
   */
  isPlainNumber(id: FieldId): boolean {
    const { bytes, base } = this;
    const at = (this.#first[id] as number) * 4;
    const gap = this.#offsets[at + 1] as number;
    const start = this.#offsets[at + 2] as number;
    const end = this.#offsets[at + 3] as number;
    // A plain value is followed by its line end.
    return (
      start === gap + 2 &&
      bytes[base + gap + 1] === SPACE &&
      bytes[base + end] === CR &&
      !isBlank(bytes[base + end - 1] as number) &&
      (bytes[base + start] !== ZERO || end === start + 1)
    );
  }

  /** Returns the joined values of all fields with this id (RFC 9110 section 5.3); undefined if there is none. */
  joined(id: FieldId): string | undefined {
    if (!this.has(id)) return undefined;
    if ((this.repeated & bit(id)) === 0) return this.first(id);
    let all = "";
    for (let i = this.#first[id] as number; i < this.count; i++) {
      if (this.#ids[i] === id) all = all === "" ? this.value(i) : `${all}, ${this.value(i)}`;
    }
    return all;
  }

  /** Returns the joined values of all fields with a lower-case name. */
  header(name: string): string | undefined {
    const { length } = name;
    let found: string | undefined;
    for (let i = 0; i < this.count; i++) {
      const at = this.#offsets[i * 4] as number;
      if ((this.#offsets[i * 4 + 1] as number) - at !== length) continue;
      if (!equalsIgnoringCase(this.bytes, this.base + at, name) || this.#ids[i] === UNDERSCORED) continue;
      found = found === undefined ? this.value(i) : `${found}${separatorOf(name)}${this.value(i)}`;
    }
    return found;
  }

  /** Returns whether the list in the fields with this id has the member `lower`, in any case (RFC 9110, 5.6.1). */
  hasToken(id: FieldId, lower: string): boolean {
    if (!this.has(id)) return false;
    for (let i = this.#first[id] as number; i < this.count; i++) {
      if (this.#ids[i] === id && this.#listHas(i, lower)) return true;
    }
    return false;
  }

  #listHas(index: number, lower: string): boolean {
    const { bytes, base } = this;
    let at = base + (this.#offsets[index * 4 + 2] as number);
    const end = base + (this.#offsets[index * 4 + 3] as number);
    if (at < base) return false;
    while (at < end) {
      while (at < end && (isBlank(bytes[at] as number) || bytes[at] === COMMA)) at++;
      let stop = at;
      while (stop < end && bytes[stop] !== COMMA) stop++;
      let last = stop;
      while (last > at && isBlank(bytes[last - 1] as number)) last--;
      if (last - at === lower.length && equalsIgnoringCase(bytes, at, lower)) return true;
      at = stop;
    }
    return false;
  }

  /**
   * Returns the lines of all fields as received, each with its line end, except those in `drop` (`bit(id)`) and those
   * that Connection names.
   */
  lines(drop: number): string {
    const named = this.#namedByConnection();
    if (this.count === 0) return "";
    if ((this.seen & drop) === 0 && named === undefined) return this.#slice(0, this.count);
    let text = "";
    let from = 0;
    for (let i = 0; i < this.count; i++) {
      const id = this.#ids[i] as number;
      if ((id === OTHER || (drop & bit(id)) === 0) && (named === undefined || !this.#isNamed(i, named))) continue;
      if (i > from) text += this.#slice(from, i);
      from = i + 1;
    }
    return from === this.count ? text : text + this.#slice(from, this.count);
  }

  /** Returns the same as alternating names and values. */
  list(drop: number): string[] {
    const named = this.#namedByConnection();
    const list: string[] = [];
    for (let i = 0; i < this.count; i++) {
      const id = this.#ids[i] as number;
      if (id !== OTHER && (drop & bit(id)) !== 0) continue;
      if (named === undefined || !this.#isNamed(i, named)) list.push(this.name(i), this.value(i));
    }
    return list;
  }

  /** Returns the lines of the fields from index `from` to index `to`. Fields are separated only by a line end. */
  #slice(from: number, to: number): string {
    const start = this.base + (this.#offsets[from * 4] as number);
    const end = this.base + (to < this.count ? (this.#offsets[to * 4] as number) : this.length - 2);
    return this.bytes.toString("latin1", start, end);
  }

  /** Returns names in Connection that need a search, or undefined. Most requests have only keep-alive or close. */
  #namedByConnection(): ReadonlySet<string> | undefined {
    if (!this.has(CONNECTION)) return undefined;
    const value = this.joined(CONNECTION) as string;
    if (value === "keep-alive" || value === "close" || value === "Keep-Alive") return undefined;
    const named = new Set<string>();
    for (const option of value.toLowerCase().split(",")) {
      const name = option.trim();
      if (!covered(name)) named.add(name);
    }
    return named.size === 0 ? undefined : named;
  }

  #isNamed(index: number, named: ReadonlySet<string>): boolean {
    return named.has(this.name(index).toLowerCase());
  }
}

/**
 * Returns whether an option needs no search. Host and Content-Length say where a message goes and where it ends:
 * Connection must not name them (RFC 9110 section 7.6.1), so such an option has no effect.
 */
function covered(option: string): boolean {
  if (option === "" || option === "close") return true;
  const id = fieldIdOfName(option);
  return id === HOST || id === CONTENT_LENGTH || (hopByHop & bit(id)) !== 0;
}

function isBlank(c: number): boolean {
  return c === SPACE || c === TAB;
}
