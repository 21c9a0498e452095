import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../tools/build/layout.ts";
import { dataplane, rooms, withRooms } from "../../../tools/docs/rooms.ts";

/** Returns the names of the folders in a directory of the repository. */
function foldersOf(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

test("docs/architecture.md has the table that `npm run docs` writes from the rooms", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  assert.equal(page, withRooms(page));
});

test("every folder of lib and proxy is a room, and every room is a folder", () => {
  const folders = ["lib", "proxy"].flatMap((top) => foldersOf(top).map((name) => `${top}/${name}`));
  assert.deepEqual(folders, Object.keys(rooms).sort());
  for (const room of Object.keys(rooms)) assert.ok(existsSync(join(root, room)), room);
});

test("every folder of the data plane has its floor", () => {
  assert.deepEqual(foldersOf("proxy/dataplane"), [...dataplane].sort());
});
