import { createRequire } from "node:module";

interface Room {
  readonly holds: string;
  readonly imports: readonly string[];
}

interface House {
  readonly rooms: Readonly<Record<string, Room>>;
  readonly dataplane: readonly string[];
}

export const { rooms, dataplane } = createRequire(import.meta.url)("../rooms.cjs") as House;

const begin = "<!-- The rooms, written by `npm run docs` from tools/rooms.cjs: change that file. -->";
const end = "<!-- End of the rooms. -->";

/** Updates the table of rooms in docs/architecture.md. Throws if the page lacks the markers of the table. */
export function withRooms(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from)
    throw new Error(`docs/architecture.md has no place for the rooms. Add the line: ${begin}`);
  return `${page.slice(0, from)}${begin}\n\n${table()}\n${page.slice(to)}`;
}

function table(): string {
  const rows = Object.entries(rooms).map(
    ([name, { holds, imports }]) => `| \`${name}\` | ${holds} | ${list(imports)} |`,
  );
  const folders = dataplane.map((folder) => `\`${folder}\``).join(", ");
  return [
    "| room | what it holds | rooms that it may import |",
    "|---|---|---|",
    ...rows,
    "",
    `The folders of \`proxy/dataplane\`, from the foundation to the client's side: ${folders}. A folder imports only those in front of it.`,
    "",
  ].join("\n");
}

function list(imports: readonly string[]): string {
  return imports.length === 0 ? "none" : imports.map((room) => `\`${room}\``).join(", ");
}
