import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { WebSocket } from "ws";
import { collect } from "../../unit/cli/gatewright.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "chrome-headless-shell"];

/** Returns the command of a browser: `CHROMIUM`, or the first of the usual names that is installed, if any. */
export function chromiumCommand(): string | undefined {
  const { CHROMIUM: given } = process.env;
  const candidates = given === undefined ? names : [given];
  return candidates.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
}

/** A message of the DevTools protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A page in a browser of its own, controlled by the DevTools protocol. */
export class BrowserPage {
  /** The complaints of the page: exceptions, errors on the console, violations of its content security policy. */
  readonly complaints: string[] = [];
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  #session: string | undefined;
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#take(JSON.parse(String(data))));
  }

  /** Opens an address. Browser and page end with the test. */
  static async open(t: TestContext, command: string, url: string): Promise<BrowserPage> {
    const profile = await mkdtemp(join(tmpdir(), "gatewright-browser-"));
    const child = launch(command, profile);
    const stderr = collect(child.stderr);
    const exited = new Promise((resolve) => child.once("close", resolve));
    let socket: WebSocket | undefined;
    t.after(async () => {
      socket?.terminate();
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await exited;
      clearTimeout(force);
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    });
    const address = () => /DevTools listening on (ws:\S+)/.exec(stderr())?.[1];
    await eventually(
      () => address() !== undefined,
      () => `the browser's address; it said ${stderr()}`,
    );
    socket = new WebSocket(address() as string);
    await new Promise((resolve, reject) => socket?.once("open", resolve).once("error", reject));
    const page = new BrowserPage(socket);
    await page.#attach(url);
    return page;
  }

  async #attach(url: string): Promise<void> {
    const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log"]) await this.#send(`${domain}.enable`);
    await this.#send("Page.navigate", { url });
  }

  /** Returns the value of an expression in the page. */
  async value(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value?: unknown }).value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string, milliseconds = 30_000): Promise<void> {
    let text: unknown;
    const holds = async () => {
      if ((await this.value(expression)) === true) return true;
      text = await this.value("document.body?.innerText");
      return false;
    };
    await eventually(holds, () => `${expression}; the page says\n${text}\n${this.complaints.join("\n")}`, milliseconds);
  }

  #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#last;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  #take(message: Message): void {
    const { id, method = "", params = {} } = message;
    if (id !== undefined) {
      this.#answers.get(id)?.(message);
      this.#answers.delete(id);
      return;
    }
    const { type } = params;
    const { level } = (params.entry ?? {}) as { readonly level?: unknown };
    const bad = method === "Runtime.consoleAPICalled" ? type === "error" : level === "error";
    if (bad || method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(params));
  }
}

function launch(command: string, profile: string): ChildProcess {
  return spawn(
    command,
    [
      ...["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "--disable-gpu"],
      ...["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
      // Chromium has no sandbox under root. The page is our own.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
}

async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
  milliseconds = 60_000,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${milliseconds} ms for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
