import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { root } from "../../../tools/build/layout.ts";
import { gatewayApi } from "../../../tools/gateway-api.ts";
import { goProgram } from "../../../tools/go-program.ts";

/** A reason of the API server to refuse an object. */
export interface Refusal {
  readonly stage: "read" | "decode" | "served" | "validate" | "old" | "schema";
  readonly field?: string;
  readonly message: string;
}

/** A question: an object, with the old version that it replaces if there is one, or the text of a manifest file. */
export type Question =
  | { readonly channel: Channel; readonly object: unknown; readonly old?: unknown }
  | { readonly text: string };

export interface Answer {
  readonly problems: readonly Refusal[];
  /** The objects of a file, as kubectl sends them. */
  readonly objects?: readonly unknown[];
}

/** Runs the validation code of the API server, linked into a program of its own: thousands of objects per second. */
export async function ask(questions: readonly Question[]): Promise<readonly Answer[]> {
  const program = goProgram("oracle", join(root, "test/system/oracle/server"));
  const child = spawn(program, [join(gatewayApi(), "config/crd")], { stdio: ["pipe", "pipe", "inherit"] });
  const answers: Answer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`The oracle ended with ${code}.`))));
  });
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line) as Answer);
  })();
  for (const question of questions) {
    const text = JSON.stringify(written(question));
    if (!child.stdin.write(`${text}\n`)) await new Promise((resolve) => child.stdin.once("drain", resolve));
  }
  child.stdin.end();
  await Promise.all([reading, ended]);
  if (answers.length !== questions.length)
    throw new Error(`${answers.length} answers to ${questions.length} questions`);
  return answers;
}

/** Sends objects as text, so that the server decodes what a client would send. */
function written(question: Question): object {
  if ("text" in question) return question;
  const { channel, object, old } = question;
  return { channel, object: JSON.stringify(object), ...(old !== undefined && { old: JSON.stringify(old) }) };
}
