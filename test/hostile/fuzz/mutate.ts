import type { Random } from "./random.ts";

/** Maximum length of an input. Tests of growth find what is slow on longer ones. */
const longest = 16 * 1024;

const common: readonly string[] = [
  ...["\0", "\t", "\n", "\r\n", " ", '"', "'", "\\", "/", "%", "&", "=", ":", ";", ",", "{", "}", "[", "]", "(", ")"],
  ...["-", "+", "*", "?", "|", "#", "@", ".", "\x7f", "\x80", "\xff", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"],
  ...["0", "-1", "65536", "4294967296", "9007199254740993", "1e999", "null", "true", "__proto__", "constructor"],
];

/** Returns an input with one to four changes. */
export function mutated(seeds: readonly Buffer[], tokens: readonly string[], random: Random): Buffer {
  let input = random.of(seeds);
  for (let changes = 1 + random.below(4); changes > 0; changes--) input = changed(input, seeds, tokens, random);
  return input.length > longest ? input.subarray(0, longest) : input;
}

function changed(input: Buffer, seeds: readonly Buffer[], tokens: readonly string[], random: Random): Buffer {
  const at = random.below(input.length + 1);
  const size = 1 + random.below(random.below(4) === 0 ? 60 : 4);
  const [before, after] = [input.subarray(0, at), input.subarray(at)];
  const token = () => Buffer.from(random.of(random.below(3) === 0 ? common : [...tokens, ...common]), "latin1");
  switch (random.below(11)) {
    case 0:
    case 1:
      return Buffer.concat([before, token(), after]);
    case 2:
      return Buffer.concat([before, token(), after.subarray(size)]);
    case 3:
      return Buffer.concat([before, after.subarray(size)]);
    case 4:
      return Buffer.concat([before, after.subarray(0, size), after]);
    case 5:
      return Buffer.concat([before, Buffer.of(random.below(256)), after.subarray(1)]);
    case 6:
      return Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << random.below(8))), after.subarray(1)]);
    case 7: {
      const other = random.of(seeds);
      return Buffer.concat([before, other.subarray(random.below(other.length + 1))]);
    }
    case 8: {
      const other = random.of(seeds);
      const from = random.below(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + size * 4), after]);
    }
    case 9: {
      // A piece is repeated many times.
      const piece = after.subarray(0, Math.max(1, Math.min(size, 40)));
      const times = 2 ** (1 + random.below(8));
      return Buffer.concat([before, ...Array.from({ length: times }, () => piece), after]);
    }
    default:
      return input.subarray(0, at);
  }
}
