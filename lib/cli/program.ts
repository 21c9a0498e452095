import { Command, CommanderError } from "commander";
import { reasonOf } from "../../proxy/sources/read-text.ts";
import { text } from "../printing/text.ts";
import { checkCommand } from "./commands/check.ts";
import { contractCommand } from "./commands/contract.ts";
import { controllerCommand } from "./commands/controller.ts";
import { convertCommand } from "./commands/convert.ts";
import { devCommand } from "./commands/dev.ts";
import { explainCommand } from "./commands/explain.ts";
import { graphCommand } from "./commands/graph.ts";
import { planCommand } from "./commands/plan.ts";
import { proxyCommand } from "./commands/proxy.ts";
import { schemaCommand } from "./commands/schema.ts";
import { synthCommand } from "./commands/synth.ts";
import type { Context } from "./context.ts";
import { OutputError } from "./output-files.ts";
import { commanderOutput } from "./report/commander-output.ts";
import { type ExitCode, stackText, type Terminal, UsageError } from "./report/terminal.ts";
import { version } from "./version.ts";

const subcommands = [
  synthCommand,
  checkCommand,
  explainCommand,
  planCommand,
  graphCommand,
  convertCommand,
  contractCommand,
  schemaCommand,
  devCommand,
  controllerCommand,
  proxyCommand,
];

/** Runs one command line, without the program's own name. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const cut = args.indexOf("--");
  const own = cut === -1 ? args : args.slice(0, cut);
  let code: ExitCode = 0;
  const context: Context = {
    terminal,
    rest: cut === -1 ? [] : args.slice(cut + 1),
    exit: (ended) => {
      code = ended;
    },
  };
  try {
    await program(context).parseAsync(own, { from: "user" });
    return code;
  } catch (error) {
    return explainFailure(error, terminal);
  }
}

function program(context: Context): Command {
  const root = new Command("gatewright")
    .description("Declare, check, synthesize and serve Kubernetes Gateway API configuration")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command");
  // Subcommands inherit these settings only if the settings are made first.
  const settle = (command: Command) =>
    command
      .exitOverride()
      .showHelpAfterError("Add --help for usage.")
      .configureOutput(commanderOutput(context.terminal));
  settle(root);
  for (const subcommand of subcommands)
    root.addCommand(settle(subcommand(context)).helpOption("-h, --help", "print help"));
  return root;
}

function explainFailure(error: unknown, terminal: Terminal): ExitCode {
  // commander has already written its message. Help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    terminal.stderr.write(text`error: ${error.message}\n`);
    return 2;
  }
  const system = error as NodeJS.ErrnoException;
  if (error instanceof OutputError) {
    terminal.stderr.write(text`error: ${error.message}\n`);
    return 1;
  }
  if (error instanceof Error && typeof system.syscall === "string") {
    terminal.stderr.write(text`error: ${system.path ?? system.syscall}: ${reasonOf(error)}\n`);
    return 1;
  }
  terminal.stderr.write(text`error: Gatewright itself failed; please report this\n${stackText(error)}\n`);
  return 1;
}
