import fc from "fast-check";

/** Texts with a meaning for a terminal, for a CI runner or in one of the formats. */
const words = [
  ...["\n", "\r", "\r\n", "\t", "\u0000", "\u0007", "\u001b[2J", "\u009b31m", "\u007f", "\u0085", "\u2028", "\u2029"],
  ...["\u202e", "\u2066", "\u200b", "\u00ad", "\u3164", "\ufeff", "\ufffe", "\ud800", "\u{e0041}", "\u00a0"],
  ...["\n::error file=a.ts,line=1::forged", "::stop-commands::x", "##[error]forged", "##vso[task.x]", "%0A", "%25"],
  ...[
    "\nbad.yaml:1:1  error GW1001 forged",
    "\n# heading",
    "\n- item",
    "\n| a | b |\n|---|---|",
    "\n\n---\n",
    "\n```\n",
  ],
  ...["@octocat", "@acme/team", "#123", "GH-123", "acme/store#1", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", ":+1:"],
  ...[
    "http://evil.example/",
    "https://evil.example",
    "www.evil.example",
    "a@evil.example",
    "mailto:a@b.io",
    "xmpp:a@b",
  ],
  ...["[a](http://b)", "![a](b)", "<img src=x>", "<script>", "</title>", "<!-- ", "&lt;", "&#64;a", "<br>", "<a@b.io>"],
  ...["|", "\\|", "\\", "`", "``", "```", "*a*", "**", "_a_", "~~a~~", "[x]", "[^1]", "$$x$$", "1.", "+", ">", "==="],
  ...['"', "'", "{", "}", "]", "-->", ";", "#35;", "%%", "end", "]]>", "]: x", "\\n", "\\N", "\\u0041", "{{ x }}"],
  ...["é", "日本", "👩‍🚀", "e\u0301", ": ", " #", "- ", "? ", "!!str", "&a", "*a", "~", "null", "0x1f", " ", ""],
];

/** Generates unusual texts, in place of names and values. */
export const hostile: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: "binary", maxLength: 6 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(""));

/** Members whose keys are names, not fields. */
const named = new Set(["backends", "headers", "requests", "mirrors"]);
/** Members with a fixed set of values. */
const fixed = new Set(["severity", "code", "risk", "scheme", "state"]);

/** Returns a value of the same shape whose texts are all replaced by different ones, made by `text`. */
export function withTexts<T>(value: T, text: (index: number) => string): T {
  let count = 0;
  const next = () => `${text(count)}${count++}`;
  const visit = (one: unknown, isNamed: boolean): unknown => {
    if (typeof one === "string") return next();
    if (Array.isArray(one)) return one.map((item) => visit(item, false));
    if (typeof one !== "object" || one === null) return one;
    const members = Object.entries(one).map(([key, member]) => [
      isNamed ? next() : key,
      fixed.has(key) && typeof member === "string" ? member : visit(member, named.has(key)),
    ]);
    return Object.fromEntries(members);
  };
  return visit(value, false) as T;
}

/** Matches characters that no output may contain: they control a terminal, are invisible, or turn text around. */
export const steering =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]|(?! )\p{Zs}/u;

/** Matches a line that a CI runner interprets as a command. */
export const runnerCommand = /^\s*::[\w-]+(?: .*)?::|##(?:\w*)\[/i;
