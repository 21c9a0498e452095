import type { Finding } from "../../findings/finding.ts";
import { objectName, place, pluralOf } from "../traffic/describe.ts";

/** Notes of one kind, which are shown as one. */
export interface NoteGroup {
  readonly code: Finding["code"];
  /** How many notes it stands for. */
  readonly count: number;
  /** What the notes say: the message of all of them, or of the first where they differ. */
  readonly message: string;
  /** Whether the message is that of some of the notes only. */
  readonly isExample: boolean;
  /** What the notes are about, each once: undeclared objects, or else the notes' own objects or places. */
  readonly subjects: readonly string[];
  readonly fix?: string;
  readonly first: Finding;
}

/** How many groups a code may have before all its notes become one. */
const mostGroupsOfCode = 3;

/**
 * Groups notes that say the same of different objects. Every note is in exactly one group; groups stand in the order of
 * their first notes.
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

/** The message without what differs from object to object. */
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

/** How many subjects a line names. */
const mostSubjects = 4;

/** A group in a few words without its code: what is so, of what, and what to do. */
export function groupWords({ count, message, isExample, subjects, fix, first }: NoteGroup): string {
  const said = message.replace(/\.$/, "");
  const whole = isExample ? `${said}, and ${count - 1} more like it` : said;
  const isPlaced = count === 1 && first.undeclared === undefined;
  const listed = isPlaced ? [] : subjects.slice(0, mostSubjects);
  const names = subjects.length > mostSubjects ? [...listed, "…"] : listed;
  const of = names.length === 0 ? "" : `: ${names.join(", ")}`;
  return `${whole}${of}.${fix === undefined || isExample ? "" : ` Fix: ${fix}`}`;
}
