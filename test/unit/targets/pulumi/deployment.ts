import type { TestContext } from "node:test";
import { type Output, runtime } from "@pulumi/pulumi";

type MockResourceArgs = runtime.MockResourceArgs;

/** What a program registered, and what it logged. */
export interface Deployment {
  readonly registered: readonly MockResourceArgs[];
  readonly logged: {
    readonly info: readonly string[];
    readonly warnings: readonly string[];
    readonly errors: readonly string[];
  };
  /** The Kubernetes objects among them, by resource name. */
  readonly objects: ReadonlyMap<string, MockResourceArgs>;
  /** What the program returned. */
  readonly result: unknown;
}

export interface DeploymentOptions {
  /** Whether resources that are created have no outputs yet but their inputs. */
  readonly preview?: boolean;
  /** What the provider reports of an object beside its inputs. */
  readonly state?: (args: MockResourceArgs) => Record<string, unknown>;
  /** What the engine answers to its functions, by token. */
  readonly functions?: Readonly<Record<string, Record<string, unknown>>>;
}

/** Runs a Pulumi program to its end against mocks, as users test theirs. */
export async function deploy(
  t: TestContext,
  program: () => unknown,
  { preview = false, state = () => ({}), functions = {} }: DeploymentOptions = {},
): Promise<Deployment> {
  const registered: MockResourceArgs[] = [];
  const logged = { info: [] as string[], warnings: [] as string[], errors: [] as string[] };
  t.mock.method(console, "log", (message: string) => void logged.info.push(message));
  t.mock.method(console, "warn", (message: string) => void logged.warnings.push(message));
  t.mock.method(console, "error", (message: string) => void logged.errors.push(message));
  try {
    await runtime.setMocks(
      {
        newResource: (args) => {
          registered.push(args);
          return { id: `${args.name}-id`, state: { ...args.inputs, ...state(args) } };
        },
        call: ({ token }) => functions[token] ?? {},
      },
      "project",
      "stack",
      preview,
      "organization",
    );
    const result = program();
    await runtime.disconnect();
    const objects = new Map(registered.filter(({ custom }) => custom).map((one) => [one.name, one]));
    return { registered, logged, objects, result };
  } finally {
    t.mock.restoreAll();
  }
}

/** The value of an Output that is known. */
export function known<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
