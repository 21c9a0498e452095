import { deepEqual, equal } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import { type ApiObject, type Channel, validate } from "../../../lib/api/index.ts";
import type { Extensions } from "../../../lib/api/load/extension.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import type { AttachOptions } from "../../../lib/routing/attach/attachment.ts";
import {
  type ControllerProfile,
  openProfile,
  ownProfile,
  type StandardProtocol,
  standardProtocols,
} from "../../../lib/routing/attach/controller-profile.ts";

/**
 * A golden case: objects in `golden/<sentence>.in.yaml`, and the results in `golden/<sentence>.out.yaml`. A line `#
 * options: {…}` at the top sets options. Run with UPDATE_GOLDEN=1 to write the outputs again, and review the diff.
 */
export interface GoldenCase {
  readonly sentence: string;
  readonly objects: readonly Declared<ApiObject>[];
  /** The kinds of filters that `filters` of the options registers, and their objects. */
  readonly extensions: Extensions<Declared>;
  readonly options: AttachOptions;
  /** Compares with the expected output, or writes it. */
  readonly expect: (output: string) => void;
}

interface CaseOptions extends Partial<Omit<AttachOptions, "profile">> {
  /**
   * `byName`: the controllers' names decide. Default: `own`, where every class has a controller with our capabilities,
   * and all protocols of the API or the given ones.
   */
  readonly profile?: "own" | "open" | "byName";
  readonly protocols?: readonly StandardProtocol[];
  readonly channel?: Channel;
  /** The objects are not validated, for values that only a later version of the API admits. */
  readonly unvalidated?: boolean;
  /** Registered filters, by `group/kind`. */
  readonly filters?: readonly string[];
}

export function goldenCases(folder: URL, fixtures: readonly URL[] = []): readonly GoldenCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".in.yaml"))
    .sort()
    .map((name) => goldenCase(folder, name, fixtures));
}

function goldenCase(folder: URL, name: string, fixtures: readonly URL[]): GoldenCase {
  const file = new URL(name, folder);
  const text = readFileSync(file, "utf8");
  const { channel = "standard", unvalidated = false, filters = [], profile, protocols, ...options } = optionsOf(text);
  const output = new URL(name.replace(".in.yaml", ".out.yaml"), folder);
  return {
    sentence: name.slice(0, -".in.yaml".length).replaceAll("-", " "),
    objects: [
      ...fixtures.flatMap((fixture) =>
        objectsOf(readFileSync(fixture, "utf8"), "certificates.yaml", "standard", false),
      ),
      ...objectsOf(text, name, channel, unvalidated, filters),
    ],
    extensions: extensionsOf(text, name, filters),
    options: { undeclared: "missing", profile: profileFor(profile, protocols), ...options },
    expect: (actual) => {
      if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(output, actual);
      equal(actual, existsSync(output) ? readFileSync(output, "utf8") : "");
    },
  };
}

function profileFor(
  name: CaseOptions["profile"] = "own",
  protocols: CaseOptions["protocols"] = standardProtocols,
): ControllerProfile | undefined {
  return { own: { ...ownProfile, protocols }, open: openProfile, byName: undefined }[name];
}

function optionsOf(text: string): CaseOptions {
  const line = /^# options: (.*)$/m.exec(text)?.[1];
  return line === undefined ? {} : JSON.parse(line);
}

function extensionsOf(text: string, file: string, filters: readonly string[]): Extensions<Declared> {
  const kinds = filters.map((key) => {
    const [group = "", kind = ""] = key.split("/");
    return { group, kind, version: "v1" };
  });
  const { declared } = parseDocuments(text, file);
  return { kinds, objects: declared.filter(({ object }) => filters.includes(kindOf(object))) };
}

/** Returns `group/kind`. */
function kindOf({ apiVersion, kind }: AnyObject): string {
  return `${apiVersion.split("/")[0]}/${kind}`;
}

/** Returns the objects of a YAML text, validated and with their defaults. */
export function objectsOf(
  text: string,
  file: string,
  channel: Channel = "standard",
  unvalidated = false,
  filters: readonly string[] = [],
): readonly Declared<ApiObject>[] {
  const { declared, findings } = parseDocuments(text, file);
  deepEqual(findings, []);
  const known = declared.filter(({ object }) => !filters.includes(kindOf(object)));
  return known.map(({ object, origin }) => {
    if (unvalidated) return { object: object as unknown as ApiObject, origin };
    const valid = validate(object, { channel });
    deepEqual(
      valid.findings.filter(({ severity }) => severity === "error"),
      [],
      `${file}: ${object.kind} ${object.metadata.name}`,
    );
    if (valid.object === undefined) throw new Error(`${file}: ${object.kind} ${object.metadata.name} is not valid`);
    return { object: valid.object, origin };
  });
}
