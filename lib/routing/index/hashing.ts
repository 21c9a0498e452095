/** One more character into a hash that grows with a walk over a text. */
export function growHash(hash: number, character: number): number {
  return (Math.imul(hash, 31) + character) | 0;
}

/** The slot of a hash in a table of mask + 1 slots: its high bits are brought into the low ones. */
export function slotOf(hash: number, mask: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) & mask;
}

/** Slots for so many entries, at most half of them filled: a power of two. */
export function slotsFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(entries * 2 + 1));
}
