import fc from "fast-check";

/** Generates regular expressions in RE2 syntax, of which a few do not compile or are too large. */
export const expressionText: fc.Arbitrary<string> = fc.letrec((tie) => ({
  atom: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(..."abcABC01/_- é€😀", "\\.", "\\n", "\\x41", "\\x{e9}") },
    {
      weight: 3,
      arbitrary: fc.constantFrom(".", "[ab]", "[^a]", "[a-z0-9_]", "\\d", "\\w", "\\W", "\\s", "[[:alpha:]]"),
    },
    { weight: 1, arbitrary: fc.constantFrom("\\pL", "\\p{Greek}", "\\PL", "[^\\x00-\\x7f]", "\\Qa.b\\E", "(?s:.)") },
    {
      weight: 2,
      arbitrary: fc.constantFrom("^", "$", "\\b", "\\B", "\\A", "\\z", "(?m:^)", "(?m:$)", "(?i:k)", "(?i:s)"),
    },
    { weight: 2, arbitrary: tie("group") },
  ),
  group: fc
    .tuple(fc.constantFrom("(", "(?:", "(?i:", "(?P<n>", "(?-s:", "(?U:"), tie("alternatives"))
    .map(([open, inner]) => `${open}${inner})`),
  repeated: fc
    .tuple(
      tie("atom"),
      fc.constantFrom("", "", "", "*", "+", "?", "*?", "+?", "{2}", "{0,3}", "{2,}", "{30}", "{0,1}", "{300}"),
    )
    .map(([atom, count]) => `${atom}${count}`),
  sequence: fc.array(tie("repeated"), { maxLength: 4 }).map((parts) => parts.join("")),
  alternatives: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("|")),
})).alternatives as fc.Arbitrary<string>;
