import { setImmediate as turn } from 'node:timers/promises';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** An item lies in the list, which lies in the answer. */
const ITEM_DEPTH = 2;

/**
 * The items of rclone's answer `{"list": [{…}, {…}]}` as they come: that of a whole folder parsed at once would hold up
 * the main loop.
 * @throws SyntaxError
 */
export async function* splitList(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown[]> {
  let depth = 0;
  let quoted = false;
  let escaped = false;
  /** Of an item that began in an earlier chunk. */
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    const items: unknown[] = [];
    let from = depth >= ITEM_DEPTH ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) quoted = false;
        continue;
      }
      if (byte === QUOTE) quoted = true;
      else if (byte === OPEN) {
        depth += 1;
        if (depth === ITEM_DEPTH) from = at;
      } else if (byte === CLOSE) {
        if (depth === ITEM_DEPTH) {
          begun.push(chunk.subarray(from, at + 1));
          items.push(JSON.parse(Buffer.concat(begun).toString('utf8')));
          begun = [];
          from = -1;
        }
        depth -= 1;
      }
    }
    if (from >= 0) begun.push(chunk.subarray(from));
    if (items.length > 0) yield items;
    // What has come already would be read in one go.
    await turn();
  }
  if (depth !== 0) throw new SyntaxError('the list ends in the middle');
}
