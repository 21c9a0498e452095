import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../build/layout.ts";

interface Decision {
  readonly file: string;
  readonly number: string;
  readonly title: string;
  readonly room: string;
}

/** The page docs/decisions/README.md: all decisions by their room. Throws for a decision without number, title or room. */
export function decisionsPage(): string {
  const decisions = globSync("docs/decisions/0*.md", { cwd: root }).sort().map(readDecision);
  const rooms = [...new Set(decisions.map(({ room }) => room))].sort();
  const sections = rooms.map((room) => {
    const rows = decisions.filter((decision) => decision.room === room);
    return `\n## \`${room}\`\n\n${rows.map(({ file, number, title }) => `- [${number}](${file}): ${title}\n`).join("")}`;
  });
  return `${intro}${sections.join("")}`;
}

const intro = `<!-- Written by \`npm run docs\` from the pages of this directory: change those. -->

# Decisions

Each page says what was decided, why, what it costs, and when to undo it. They are listed by the room of the sources that applies them ([architecture](../architecture.md)).
`;

function readDecision(path: string): Decision {
  const text = readFileSync(join(root, path), "utf8");
  const [, number, title, room] = /^# (\d{4}): (.+)\n\n\*\*Room\.\*\* `([^`]+)`\n/.exec(text) ?? [];
  if (number === undefined || title === undefined || room === undefined)
    throw new Error(`${path}: expected a title "# NNNN: TITLE", an empty line, and "**Room.**" with the room as code`);
  return { file: basename(path), number, title, room };
}
