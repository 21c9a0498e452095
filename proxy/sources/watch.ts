import { type FSWatcher, statSync, watch } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { SourceContent } from "../../lib/api/load/sources.ts";
import type { Reading, Source, SourceLocation } from "./source.ts";

/** An open watch. */
export interface Watch {
  /** Stops the watch. `onChange` is not called after this has resolved. */
  close(): Promise<void>;
}

/**
 * Milliseconds without events before sources are read: one save may take several steps, and they fall within this time.
 */
const quietMs = 5;

/** The longest time, in milliseconds, for which continued events may delay a read. */
const longestQuietMs = 25;

/**
 * Milliseconds to wait before a part that is missing or incomplete counts as such: it may be in the middle of a save.
 */
const graceMs = 200;

/**
 * Milliseconds between two polls where no watch is possible: a directory that does not exist, or a system that is out
 * of watches.
 */
const pollMs = 250;

/**
 * Watches the directories of the sources rather than their files, which catches editors that save by renaming, and
 * files that come back. An event only makes a source be read again; a change is a difference between two readings.
 * Updates `readings` in place.
 */
export function watchSources(
  sources: readonly Source[],
  readings: Reading[],
  onChange: (contents: readonly SourceContent[]) => void,
): Watch {
  return new SourceWatcher(sources, readings, onChange);
}

interface WatchedDirectory {
  readonly watcher: FSWatcher;
  /** Identifies the directory: one that was removed and made again has another inode. */
  readonly inode: number;
}

class SourceWatcher implements Watch {
  readonly #sources: readonly Source[];
  readonly #readings: Reading[];
  readonly #onChange: (contents: readonly SourceContent[]) => void;
  readonly #directories = new Map<string, WatchedDirectory>();
  /** Indexes of the sources to read. */
  readonly #dirty = new Set<number>();
  /** Sources, by index, that lack a part which was present before, and since when. */
  readonly #doubts = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  /** Time of the first event since the last read. */
  #restless: number | undefined;
  #closed = false;

  constructor(sources: readonly Source[], readings: Reading[], onChange: (contents: readonly SourceContent[]) => void) {
    this.#sources = sources;
    this.#readings = readings;
    this.#onChange = onChange;
    this.#watchDirectories();
    for (const [index, reading] of readings.entries()) if (mayHaveChanged(reading)) this.#dirty.add(index);
    if (this.#dirty.size > 0) this.#schedule(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#poll);
    for (const { watcher } of this.#directories.values()) watcher.close();
    this.#directories.clear();
    await this.#round;
  }

  #schedule(delay: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), delay);
  }

  /** Schedules a read after a moment without events, or at once if events have continued for long. */
  #scheduleWhenQuiet(): void {
    const now = Date.now();
    this.#restless ??= now;
    this.#schedule(Math.max(0, Math.min(quietMs, this.#restless + longestQuietMs - now)));
  }

  /** Only one round runs at a time. Sources that become dirty meanwhile are read in the next round. */
  #begin(): void {
    if (this.#round !== undefined) return;
    this.#restless = undefined;
    this.#round = this.#read().finally(() => {
      this.#round = undefined;
      const wait = this.#dirty.size > 0 ? quietMs : this.#untilBelieved();
      if (wait !== undefined) this.#schedule(wait);
    });
  }

  async #read(): Promise<void> {
    const now = Date.now();
    for (const [index, since] of this.#doubts) if (now - since >= graceMs) this.#dirty.add(index);
    const indexes = [...this.#dirty].sort((a, b) => a - b);
    this.#dirty.clear();
    let changed = false;
    for (const index of indexes) {
      const reading = await this.#sources[index]?.read();
      if (this.#closed) return;
      if (reading !== undefined) changed = this.#take(index, reading) || changed;
    }
    this.#watchDirectories();
    if (changed) this.#onChange(this.#readings.map(({ content }) => content));
  }

  /**
   * Takes a reading over and returns whether it changes the content. A reading that lacks a part is not taken over
   * until the grace time has passed.
   */
  #take(index: number, reading: Reading): boolean {
    const before = this.#readings[index];
    if (before === undefined) return false;
    const missing = before.present.some((part) => !reading.present.includes(part));
    if (missing) {
      const since = this.#doubts.get(index) ?? Date.now();
      this.#doubts.set(index, since);
      if (Date.now() - since < graceMs) return false;
    }
    this.#doubts.delete(index);
    const next = reading.absent ? { ...reading, content: kept(before.content, reading.content) } : reading;
    this.#readings[index] = next;
    return !sameContent(before.content, next.content);
  }

  #untilBelieved(): number | undefined {
    if (this.#doubts.size === 0) return undefined;
    return Math.max(1, Math.min(...this.#doubts.values()) + graceMs - Date.now());
  }

  #watchDirectories(): void {
    if (this.#closed) return;
    const wanted = new Set(this.#readings.flatMap(({ places }) => places.map(({ directory }) => resolve(directory))));
    for (const [directory, { watcher }] of this.#directories) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#directories.delete(directory);
    }
    const all = [...wanted].map((directory) => this.#watchDirectory(directory)).every((watched) => watched);
    clearTimeout(this.#poll);
    if (all && !this.#readings.some(({ absent }) => absent)) return;
    this.#poll = setTimeout(() => this.#lookAgain(), pollMs);
  }

  /** Returns false if the directory cannot be watched now. */
  #watchDirectory(directory: string): boolean {
    const inode = inodeOf(directory);
    const known = this.#directories.get(directory);
    if (known !== undefined && known.inode === inode) return true;
    known?.watcher.close();
    this.#directories.delete(directory);
    if (inode === undefined) return false;
    try {
      const watcher = watch(directory, (_event, entry) => this.#happened(directory, entry));
      // The directory was removed. The next round reads the sources that it belongs to.
      watcher.on("error", () => this.#happened(directory, null));
      this.#directories.set(directory, { watcher, inode });
      return true;
    } catch {
      return false;
    }
  }

  #happened(directory: string, entry: string | null): void {
    const own = entry === null || !inodeOf(directory);
    for (const [index, { places }] of this.#readings.entries()) {
      if (places.some((place) => resolve(place.directory) === directory && (own || concerns(place, entry)))) {
        this.#dirty.add(index);
      }
    }
    if (this.#dirty.size > 0 && this.#round === undefined) this.#scheduleWhenQuiet();
  }

  #lookAgain(): void {
    for (const [index, { places }] of this.#readings.entries()) if (places.length > 0) this.#dirty.add(index);
    if (this.#round === undefined) this.#schedule(0);
  }
}

function concerns({ names }: SourceLocation, entry: string | null): boolean {
  return names === undefined || entry === null || names.includes(entry);
}

/**
 * Returns whether a file may have been saved between the first reading and the start of the watch, judged by
 * modification times.
 */
function mayHaveChanged({ places, readAt }: Reading): boolean {
  return places.some(({ directory, names }) => {
    if (names === undefined) return true;
    return names.some((name) => (timeOf(join(directory, name)) ?? 0) >= readAt - timeStepMs);
  });
}

/** The resolution of modification times on common file systems, in milliseconds. */
const timeStepMs = 20;

function timeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function inodeOf(directory: string): number | undefined {
  try {
    return statSync(directory, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}

/** Returns the previous content of a source that has vanished, with the finding that it cannot be read. */
function kept(before: SourceContent, now: SourceContent): SourceContent {
  const own = before.findings.filter(({ code }) => code !== "GW1008");
  return { ...before, findings: [...now.findings, ...own] };
}

function sameContent(a: SourceContent, b: SourceContent): boolean {
  if (!isDeepStrictEqual(a.findings, b.findings)) return false;
  // Each load makes new functions, so filters are compared by the hash of their module's text.
  if (a.filters?.version !== b.filters?.version) return false;
  if (!isDeepStrictEqual(a.ignores, b.ignores)) return false;
  const texts = a.texts !== undefined && a.texts.size > 0;
  return texts ? isDeepStrictEqual(a.texts, b.texts) : isDeepStrictEqual(a.declared, b.declared);
}
