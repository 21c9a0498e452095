import { Command, Option } from "commander";
import { contractSchema } from "../../api/contract/contract.ts";
import type { Channel } from "../../api/index.ts";
import { type JsonSchema, jsonSchema, jsonSchemaOfAny } from "../../api/kinds/json-schema.ts";
import { kinds as routedKinds, unroutedKinds } from "../../api/kinds/kinds.ts";
import { closest } from "../../api/schema/spelling.ts";
import type { Context } from "../context.ts";
import { structured } from "../report/output.ts";
import { type ExitCode, UsageError } from "../report/terminal.ts";

interface Options {
  readonly channel: Channel;
  readonly output: "json" | "yaml";
}

export function schemaCommand(context: Context): Command {
  return new Command("schema")
    .description("print the JSON Schema of a kind, or of every kind, for editors")
    .argument("[kind]", "such as HTTPRoute; by default one schema for documents of any kind")
    .addOption(
      new Option("--channel <channel>", "release channel of the Gateway API")
        .choices(["standard", "experimental"] satisfies Channel[])
        .default("standard" satisfies Channel),
    )
    .addOption(new Option("-o, --output <format>", "how to write it").choices(["json", "yaml"]).default("json"))
    .action((kind: string | undefined, options: Options) => context.exit(run(context, kind, options)));
}

const kinds = [...routedKinds, ...unroutedKinds];

function run({ terminal }: Context, kind: string | undefined, { channel, output }: Options): ExitCode {
  const schema = kind === undefined ? jsonSchemaOfAny(kinds, channel) : schemaOfKind(kind, channel);
  terminal.stdout.write(structured(schema, output));
  return 0;
}

/**
 * Returns the schema of a kind. A contract is no kind of Kubernetes: its schema is requested by name and is not part of
 * the schema for all documents.
 */
function schemaOfKind(kind: string, channel: Channel): JsonSchema {
  return kind.toLowerCase() === "gatewaycontract" ? contractSchema() : jsonSchema(named(kind), channel);
}

/** Finds a kind by its name; case does not matter. */
function named(kind: string) {
  const found = kinds.find((known) => known.kind.toLowerCase() === kind.toLowerCase());
  if (found !== undefined) return found;
  const names = [...kinds.map((known) => known.kind), "GatewayContract"];
  const near = closest(kind, names);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new UsageError(`schema ${kind}: there is no such kind; there are ${names.join(", ")}.${hint}`);
}
