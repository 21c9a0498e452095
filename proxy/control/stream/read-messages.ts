import type { FromProxy, Hello, Part, StreamAnswer, ToProxy, Update } from "./messages.ts";

/** A malformed message. It is a value and no exception, so that the reader decides how to react. */
export interface Malformed {
  readonly type: "malformed";
  /** The wrong field, its value, and what is expected. */
  readonly why: string;
}

/** Reads a message of a proxy. Never throws. */
export function readFromProxy(bytes: Buffer): FromProxy | Malformed {
  return read(bytes, (message) => {
    const type = message.oneOf("type", ["hello", "answer"]);
    return type === "hello" ? helloIn(message) : answerIn(message);
  });
}

/** Reads a message of the controller. Never throws. */
export function readToProxy(bytes: Buffer): ToProxy | Malformed {
  return read(bytes, (message) => {
    message.oneOf("type", ["update"]);
    return updateIn(message);
  });
}

function helloIn(message: Fields): Hello {
  const gateway = message.fields("gateway");
  const has = message.fields("has");
  return {
    type: "hello",
    version: message.integer("version", 1, 1),
    gateway: { namespace: gateway.name("namespace"), name: gateway.name("name") },
    instance: message.name("instance"),
    has: Object.fromEntries(has.names.map((name) => [name, has.text(name)])),
  };
}

function answerIn(message: Fields): StreamAnswer {
  return {
    type: "answer",
    nonce: message.integer("nonce", 1),
    ...(message.has("error") && { error: message.text("error") }),
    ...(message.has("closed") && {
      closed: message.list("closed").map((closed) => ({
        port: closed.integer("port", 1, 65_535),
        message: closed.text("message"),
      })),
    }),
  };
}

function updateIn(message: Fields): Update {
  return {
    type: "update",
    nonce: message.integer("nonce", 1),
    changed: message.list("changed").map(
      (part): Part => ({
        name: part.text("name"),
        hash: part.text("hash"),
        body: part.text("body"),
      }),
    ),
    removed: message.texts("removed"),
    complete: message.boolean("complete"),
  };
}

function read<Message>(bytes: Buffer, take: (fields: Fields) => Message): Message | Malformed {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return { type: "malformed", why: `the message is not JSON: ${JSON.stringify(bytes.toString("utf8", 0, 40))}` };
  }
  try {
    return take(new Fields(value, ""));
  } catch (error) {
    if (error instanceof WrongField) return { type: "malformed", why: error.message };
    throw error;
  }
}

class WrongField extends Error {
  override readonly name = "WrongField";
}

/** The maximum length of the name of a Kubernetes object (RFC 1123, subdomain). */
const longestName = 253;

/** Reads the fields of one JSON object of a message by their types. A field of another type throws `WrongField`. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new WrongField(`${path === "" ? "the message" : path} is ${printed(value)}, expected an object`);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  get names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  fields(name: string): Fields {
    return new Fields(this.#fields[name], this.#pathOf(name));
  }

  list(name: string): readonly Fields[] {
    return this.#array(name).map((value, index) => new Fields(value, `${this.#pathOf(name)}[${index}]`));
  }

  texts(name: string): readonly string[] {
    const values = this.#array(name);
    return values.every((value) => typeof value === "string") ? values : this.#wrong(name, "a list of strings");
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === "string" ? value : this.#wrong(name, "a string");
  }

  name(name: string): string {
    const value = this.text(name);
    return value !== "" && value.length <= longestName ? value : this.#wrong(name, `1 to ${longestName} characters`);
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const found = values.find((value) => value === this.#fields[name]);
    return found ?? this.#wrong(name, values.join(" or "));
  }

  boolean(name: string): boolean {
    const value = this.#fields[name];
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false");
  }

  integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#fields[name];
    const isWithin = Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
    if (isWithin) return value as number;
    const range =
      least === most ? `${least}` : `an integer from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}`;
    return this.#wrong(name, range);
  }

  #array(name: string): readonly unknown[] {
    const value = this.#fields[name];
    return Array.isArray(value) ? value : this.#wrong(name, "a list");
  }

  #wrong(name: string, expected: string): never {
    throw new WrongField(`${this.#pathOf(name)} is ${printed(this.#fields[name])}, expected ${expected}`);
  }

  #pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}

/** Prints a value in short, since a message may have megabytes. */
function printed(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
