#!/usr/bin/env node
import { Console } from "node:console";
import { setImmediate } from "node:timers/promises";
import { run } from "./program.ts";
import { flushed, processTerminal } from "./report/terminal.ts";

// The output of a user's program must not mix with the results on stdout.
globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });

const terminal = processTerminal();
const code = await run(process.argv.slice(2), terminal);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// A failure to write to a file is reported one turn later.
await setImmediate();
// A user's program may have left timers or sockets open that would keep the process alive.
process.exit(code);
