import type { TestContext } from "node:test";
import { type Output, runtime } from "@pulumi/pulumi";

type MockResourceArgs = runtime.MockResourceArgs;

/** The resources that a program registered, and its log messages. */
export interface Deployment {
  readonly registered: readonly MockResourceArgs[];
  readonly logged: {
    readonly info: readonly string[];
    readonly warnings: readonly string[];
    readonly errors: readonly string[];
  };
  /** The Kubernetes objects, by resource name. */
  readonly objects: ReadonlyMap<string, MockResourceArgs>;
  /** The return value of the program. */
  readonly result: unknown;
}

export interface DeploymentOptions {
  /** In a preview, the outputs of new resources are only their inputs. */
  readonly preview?: boolean;
  /** Returns the state that the provider reports for an object, beside its inputs. */
  readonly state?: (args: MockResourceArgs) => Record<string, unknown>;
  /** The results of the engine's functions, by token. */
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

/** Returns the value of a known Output. */
export function known<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
