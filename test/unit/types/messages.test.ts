import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

const root = join(import.meta.dirname, "../../..");
// The file does not exist: the compiler receives its text.
const file = join(root, "test/unit/types/mistake.ts");

/** Returns the compiler's messages about a program, as a person sees them. */
function messages(text: string): string[] {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: unknown };
  const parsed = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const options = { ...parsed.options, incremental: false, tsBuildInfoFile: undefined, noUnusedLocals: false };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, text, version) : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}

const program = (statement: string) => `
  import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, ReferenceGrant, InfrastructureProvider } from "gatewright";
  declare const alice: InfrastructureProvider;
  declare const bob: ClusterOperator;
  declare const carol: ApplicationDeveloper;
  ${statement}
`;

test("a Gateway in Carol's scope does not compile, and the compiler names the two personas and nothing else", () => {
  const [message, ...others] = messages(
    program('new Gateway(carol, "external", { gatewayClassName: "lb", listeners: [] });'),
  );
  assert.deepEqual(others, []);
  assert.match(message ?? "", /'ApplicationDeveloper' is not assignable to parameter of type 'ClusterOperator'/);
  assert.match(message ?? "", /Types of property 'persona' are incompatible/);
  assert.match(message ?? "", /"ApplicationDeveloper"' is not assignable to type '"ClusterOperator"'/);
  assert.ok((message ?? "").split("\n").length <= 4, message);
});

test("so it is with a route in Bob's scope, and with a kind of two personas in the third's", () => {
  const [route] = messages(program('new HTTPRoute(bob, "route", {});'));
  assert.match(route ?? "", /"ClusterOperator"' is not assignable to type '"ApplicationDeveloper"'/);
  const [grant] = messages(program('new ReferenceGrant(alice, "grant", { from: [], to: [] });'));
  assert.match(
    grant ?? "",
    /"InfrastructureProvider"' is not assignable to type '"ClusterOperator" \| "ApplicationDeveloper"'/,
  );
});

test("a correct program has no message", () => {
  assert.deepEqual(messages(program('new HTTPRoute(carol, "route", {});')), []);
});
