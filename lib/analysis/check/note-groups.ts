import type { Finding } from "../../findings/finding.ts";
import { objectName, place, pluralOf } from "../traffic/describe.ts";

/** Notes of one kind that are shown as one line. */
export interface NoteGroup {
  readonly code: Finding["code"];
  /** The number of notes in the group. */
  readonly count: number;
  /** The notes' common message, or the message of the first note if they differ. */
  readonly message: string;
  /** True if only some of the notes have this message. */
  readonly isExample: boolean;
  /** The distinct subjects of the notes: undeclared objects, otherwise the notes' own objects or places. */
  readonly subjects: readonly string[];
  readonly fix?: string;
  readonly first: Finding;
}

/** The number of groups that a code may have. Beyond it, all notes of the code become one group. */
const mostGroupsOfCode = 3;

/**
 * Groups notes that make one statement about different objects. Every note is in exactly one group. Groups keep the
 * order of their first notes.
 */
export function groupNotes(notes: readonly Finding[]): NoteGroup[] {
  const groups = grouped(notes, ({ code, fix, ...note }) => JSON.stringify([code, pattern(note), fix]));
  const perCode = new Map<string, number>();
  for (const [first] of groups) perCode.set(first.code, (perCode.get(first.code) ?? 0) + 1);
  const isCrowded = ({ code }: Finding) => (perCode.get(code) ?? 0) > mostGroupsOfCode;
  const settled = grouped(notes, (note) =>
    isCrowded(note) ? note.code : JSON.stringify([note.code, pattern(note), note.fix]),
  );
  return settled.map(groupOf);
}

type Notes = readonly [Finding, ...Finding[]];

function grouped(notes: readonly Finding[], keyOf: (note: Finding) => string): Notes[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const note of notes) {
    const key = keyOf(note);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [note]);
    else group.push(note);
  }
  return [...groups.values()];
}

/** The message without the parts that differ between objects. */
function pattern({ message, given, object, undeclared }: Pick<Finding, "message" | "given" | "object" | "undeclared">) {
  const own = object === undefined ? [] : [`${object.namespace}/${object.name}`];
  const names = [undeclared?.name, given, ...own].filter((name) => name !== undefined && name !== "");
  const text = names.reduce<string>((rest, name) => rest.replaceAll(name ?? "", "…"), message);
  return undeclared === undefined ? text : `${undeclared.kind} ${text}`;
}

function groupOf(notes: Notes): NoteGroup {
  const [first] = notes;
  const { code, fix } = first;
  const subjects = [...new Set(notes.map(subjectOf))];
  const missing = first.undeclared;
  const isOneKind = missing !== undefined && notes.every(({ undeclared }) => undeclared?.kind === missing.kind);
  const message = isOneKind ? undeclaredMessage(missing.kind, subjects.length) : first.message;
  const isExample = !isOneKind && notes.some((note) => note.message !== first.message);
  return { code, count: notes.length, message, isExample, subjects, first, ...(fix !== undefined && { fix }) };
}

function subjectOf({ undeclared, object, origin }: Finding): string {
  if (undeclared !== undefined) return undeclared.name;
  return object === undefined ? place(origin) : objectName(object);
}

function undeclaredMessage(kind: string, count: number): string {
  return count === 1 ? `1 ${kind} is not declared here` : `${count} ${pluralOf(kind)} are not declared here`;
}

/** The number of subjects that a line lists. */
const mostSubjects = 4;

/** Describes a group in one line without its code: the statement, its subjects, and the fix. */
export function groupWords({ count, message, isExample, subjects, fix, first }: NoteGroup): string {
  const said = message.replace(/\.$/, "");
  const whole = isExample ? `${said}, and ${count - 1} more like it` : said;
  const isPlaced = count === 1 && first.undeclared === undefined;
  const listed = isPlaced ? [] : subjects.slice(0, mostSubjects);
  const names = subjects.length > mostSubjects ? [...listed, "…"] : listed;
  const of = names.length === 0 ? "" : `: ${names.join(", ")}`;
  return `${whole}${of}.${fix === undefined || isExample ? "" : ` Fix: ${fix}`}`;
}
