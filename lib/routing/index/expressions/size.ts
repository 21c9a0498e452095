/**
 * Limit of instructions that repetitions may add: an expression may compile to this many instructions more than it has
 * characters. Three names of 255 characters fit, or two path segments with 200 optional characters each.
 */
export const maxRepetition = 768;

/** Returns the number of instructions that an expression may compile to. */
export function maxProgramSize(source: string): number {
  return source.length + maxRepetition;
}

/**
 * Estimates the number of instructions of an expression in one pass over its text: its atoms, multiplied by the
 * repetition counts around them. An expression that is far too large is rejected without compiling it, which would take
 * time and memory in proportion to its size.
 */
export function estimateProgramSize(source: string): number {
  /** The sizes of the open groups so far, innermost last. */
  const groups: number[] = [0];
  let last = 0;
  const add = (size: number) => {
    last = size;
    groups[groups.length - 1] = (groups.at(-1) as number) + size;
  };
  for (let i = 0; i < source.length; ) {
    const c = source[i] as string;
    if (c === "\\") {
      const [end, size] = escapeAt(source, i);
      add(size - 1);
      // A repetition after `\Q…\E` applies to its last character only.
      add(1);
      i = end;
    } else if (c === "[") {
      i = classEnd(source, i);
      add(1);
    } else if (c === "(") {
      groups.push(0);
      i = groupStart(source, i);
    } else if (c === ")") {
      const size = Math.max(1, groups.pop() ?? 0);
      if (groups.length === 0) groups.push(0);
      add(size);
      i++;
    } else if (c === "{") {
      const [end, count] = countsAt(source, i);
      if (count > 1) {
        groups[groups.length - 1] = (groups.at(-1) as number) + last * (count - 1);
        last *= count;
      } else if (end === i + 1) add(1);
      i = end;
    } else {
      if (!"*+?|".includes(c)) add(1);
      i++;
    }
  }
  return groups.reduce((sum, size) => sum + size, 0);
}

/** No name of a class is longer. A search to the end of the text would be made again for each that has none. */
const longestName = 64;

/** Returns the index after an escape, and the number of atoms that it stands for. */
function escapeAt(source: string, at: number): [end: number, size: number] {
  const next = source[at + 1];
  if (next === "Q") {
    const end = source.indexOf("\\E", at + 2);
    return end < 0 ? [source.length, source.length - at - 2] : [end + 2, end - at - 2];
  }
  if ((next === "x" || next === "p" || next === "P") && source[at + 2] === "{") {
    const end = source.slice(at, at + longestName).indexOf("}");
    return [end < 0 ? at + 2 : at + end + 1, 1];
  }
  return [at + 2, 1];
}

/** Returns the index after a class. `]` ends it unless it is first, escaped, or ends a name such as `[:alpha:]`. */
function classEnd(source: string, at: number): number {
  let i = at + 1;
  if (source[i] === "^") i++;
  if (source[i] === "]") i++;
  while (i < source.length && source[i] !== "]") {
    if (source[i] === "\\") i += 2;
    else if (source.startsWith("[:", i)) {
      const end = source.slice(i, i + longestName).indexOf(":]");
      i += end < 0 ? 1 : end + 2;
    } else i++;
  }
  return i + 1;
}

/** Returns the index after the start of a group, including its flags or name. */
function groupStart(source: string, at: number): number {
  const match = /^\(\?(?:P?<\w*>|[imsU-]*:?)/.exec(source.slice(at, at + 64));
  return at + (match === null ? 1 : match[0].length);
}

/** Returns the index after counts such as `{2,5}`, and the highest count. Without counts, `end` is `at + 1`. */
function countsAt(source: string, at: number): [end: number, count: number] {
  const match = /^\{(\d+)(,(\d*))?\}/.exec(source.slice(at, at + 32));
  if (match === null) return [at + 1, 1];
  const [all, low, range, high] = match;
  const least = Number(low);
  const count = range === undefined || high === "" ? least : Number(high);
  return [at + all.length, count];
}
