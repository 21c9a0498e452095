import { Command, InvalidArgumentError, Option } from "commander";
import type { Channel } from "../api/index.ts";
import { type IgnoreRule, ignoreFromText } from "../api/load/ignoring.ts";
import { type OutputFormat, outputFormats } from "./report/output.ts";
import type { ExitCode, Terminal } from "./report/terminal.ts";

/** The input of every subcommand besides its own arguments. */
export interface Context {
  readonly terminal: Terminal;
  /** The arguments after `--` on the command line. */
  readonly rest: readonly string[];
  /** Sets the exit code of the command. */
  exit(code: ExitCode): void;
}

/** Options that every command which reads sources has. */
export interface SourceOptions {
  readonly channel: Channel;
  readonly color: boolean;
  /** Modules that register filters. */
  readonly filters: readonly string[];
  /** Patterns of paths to skip in directories. */
  readonly ignorePath: readonly string[];
  /** Rules for findings to ignore. */
  readonly ignore: readonly IgnoreRule[];
  /** File with settings, in addition to those beside the sources. */
  readonly config?: string;
  /** Shows each note by itself. */
  readonly verbose?: boolean;
}

export interface OutputOptions {
  readonly output: OutputFormat;
}

/** Makes a subcommand that reads sources: at least one, unless they are optional. */
export function sourceCommand(
  name: string,
  description: string,
  { sources = "required" }: { readonly sources?: "required" | "optional" } = {},
): Command {
  return new Command(name)
    .description(description)
    .argument(
      sources === "required" ? "<source...>" : "[source...]",
      "TypeScript or JavaScript module, YAML or JSON file, directory of them, or - for stdin",
    )
    .addOption(
      new Option("--channel <channel>", "release channel of the Gateway API to check against")
        .choices(["standard", "experimental"] satisfies Channel[])
        .default("standard" satisfies Channel),
    )
    .addOption(repeatable("--filters <module>", "module that registers filters for ExtensionRef, beside the sources"))
    .addOption(ignoreOption())
    .option("--config <file>", "file with findings to ignore, besides the .gatewright.yaml beside the sources")
    .addOption(repeatable("--ignore-path <pattern>", "path to leave out of a directory, as in .gitignore"))
    .option("-v, --verbose", "show each note by itself, with its place; by default notes of one kind are one line")
    .option("--no-color", "write without colour");
}

export function outputOption(): Option {
  return new Option("-o, --output <format>", "how to write the result")
    .choices(outputFormats)
    .default("text" satisfies OutputFormat);
}

function ignoreOption(): Option {
  return new Option("--ignore <rule>", "findings to ignore: CODE[@KIND NAMESPACE/NAME]=REASON; may be repeated")
    .default([], "none")
    .argParser((text: string, before: readonly IgnoreRule[]) => {
      const rule = ignoreFromText(text);
      if (rule === undefined)
        throw new InvalidArgumentError(
          "Expected CODE[@KIND NAMESPACE/NAME]=REASON with the code of a finding that can be ignored and a reason, " +
            "such as 'GW2413@HTTPRoute store/acme=deployed by Helm'.",
        );
      return [...before, rule];
    });
}

/** Makes an option that may be given several times, or not at all. */
export function repeatable(flags: string, description: string): Option {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return new Option(flags, `${description}; may be repeated`).default([], "none").argParser(collect);
}
