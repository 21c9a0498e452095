import { readIgnores, unusableRule } from "../../lib/api/load/ignoring.ts";
import type { SourceContent } from "../../lib/api/load/sources.ts";
import { parsePlain } from "../../lib/api/parse/documents.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import { placesOf } from "./files.ts";
import { readText } from "./read-text.ts";
import type { Source } from "./source.ts";

/** The name of the file with the settings of a project, in the directory of its sources. */
export const settingsName = ".gatewright.yaml";

export interface SettingsFile {
  readonly path: string;
  /** The user named this file, so that it is an error if it does not exist. */
  readonly required: boolean;
}

/** Reads a file of settings: rules for findings to ignore, under `ignore`. It declares no objects. */
export function settingsSource({ path, required }: SettingsFile): Source {
  return {
    name: path,
    async read() {
      const readAt = Date.now();
      const read = await readText(path, path);
      const found = "text" in read ? settingsOf(read.text, path) : { findings: required ? [read.finding] : [] };
      const absent = required && !("text" in read) && read.absent;
      return {
        content: { name: path, declared: [], ...found },
        absent,
        present: "text" in read && read.text !== "" ? [path] : [],
        places: await placesOf(path),
        readAt,
      };
    },
  };
}

function settingsOf(text: string, file: string): Pick<SourceContent, "findings" | "ignores"> {
  const { value, findings: malformed } = parsePlain(text, file);
  if (malformed.length > 0) return { findings: malformed };
  const origin = { file };
  if (value !== null && (typeof value !== "object" || Array.isArray(value)))
    return { findings: [{ ...unusableRule("the file is no mapping"), origin }] };
  const { ignore = [], ...others } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const unusable: Finding[] = Object.keys(others).map((key) => ({
    ...unusableRule(`the file has no field ${key}`),
    origin,
    allowed: "ignore: a list of rules",
    fix: "Correct or remove the field.",
  }));
  if (!Array.isArray(ignore)) return { findings: [...unusable, { ...unusableRule("ignore is no list"), origin }] };
  const { ignores, findings } = readIgnores(ignore, origin);
  return { findings: [...unusable, ...findings], ignores };
}
