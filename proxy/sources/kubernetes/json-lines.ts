const LINE_FEED = 0x0a;

/**
 * The longest line that is accepted. No event of a watch is as long: the API server limits stored objects to about 1.5
 * MiB.
 */
const longest = 16 * 1024 * 1024;

/**
 * Yields the JSON documents of a stream with one document per line, as a watch sends them. The last line may lack its
 * line feed.
 */
export async function* jsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<unknown, void, undefined> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
      pending.push(chunk.subarray(from, to));
      from = to + 1;
      const line = Buffer.concat(pending).toString("utf8");
      pending = [];
      length = 0;
      if (line.trim() !== "") yield JSON.parse(line);
    }
    length += chunk.length - from;
    if (length > longest) throw new RangeError(`a line of more than ${longest} bytes in a stream of JSON`);
    if (from < chunk.length) pending.push(chunk.subarray(from));
  }
  const last = Buffer.concat(pending).toString("utf8").trim();
  if (last !== "") yield JSON.parse(last);
}
