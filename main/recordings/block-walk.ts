import type Sqlite from 'better-sqlite3';
import type { Place } from './cursor';
import { sql, type Sql } from './sql';

export type Order = 'newest_first' | 'oldest_first';

/** Numbers from one to another, both among them. */
export interface Numbers {
  readonly first: number;
  readonly last: number;
}

/** Which recordings may be on the page: those of a time, UTC milliseconds, both ends among it. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface BlockWalk {
  readonly order: Order;
  readonly span: Span;
  readonly limit: number;
  /** How many recordings the set holds, if that is known: where it is sparse, more is read at once. */
  readonly rows: number | null;
  /** Finds the first `limit` of these numbers in the order asked for. */
  readonly find: (numbers: Numbers) => Place[];
}

/** A block holds so many numbers, as a shift; see the table `recording_blocks`. */
const BLOCK_BITS = 8;
/** What is read lies in so many pieces at most: more, and it is cheaper to read all there is. */
const MOST_PIECES = 64;
/** Not all of it at the second look, but soon; sooner where there is little. */
const GROWTH = { known: 4, unknown: 2 };

type Block = readonly [block: number, edgeMs: number];

/**
 * Finds the first recordings, in order of (time, id), of a set that is known by number, without reading all of it: the
 * database keeps the span of time of every block of numbers, and blocks are read in order of where their spans begin,
 * more each time, until nothing in those that are left can come before what was found.
 * @returns null where numbers have so little to do with time that reading them all is cheaper
 */
export function walkBlocks(
  sqlite: Sqlite.Database,
  { order, span, limit, rows, find }: BlockWalk,
): Place[] | null {
  const { text, bound } = blocksIn(order, span);
  const next = sqlite.prepare<unknown[], Block>(text).raw();
  let found: Place[] = [];
  let seen = 0;
  let pieces = 0;
  const growth = rows === null ? GROWTH.unknown : GROWTH.known;
  for (let most = rows === null ? 1 : blocksFor(sqlite, limit, rows); ; most *= growth) {
    if (rows !== null && most > MOST_LISTED) return null;
    // One more: where it begins is how far the others have been read.
    const blocks = next.all(...bound, most + 1, seen);
    const read = blocks.slice(0, most);
    const toRead = inPieces(read.map(([block]) => block));
    pieces += toRead.length;
    if (pieces > MOST_PIECES) return null;
    found = firstOf([...found, ...toRead.flatMap(find)], order, limit);
    const following = blocks[most];
    if (following === undefined) return found;
    const last = found.at(-1);
    if (found.length === limit && last !== undefined && comesBefore(last, following, order)) {
      return found;
    }
    seen += read.length;
  }
}

/** Where a set is known to be small, so many blocks are listed at a time: more cost more than the rest of the set. */
const MOST_LISTED = 1024;
/** So much more than a page is read at once, where it is known how sparse the set is. */
const MARGIN = 1.25;

/** In how many blocks a page would lie if the set were spread evenly. */
function blocksFor(sqlite: Sqlite.Database, limit: number, rows: number): number {
  const last = sqlite.prepare<[], number>('select max(block) from recording_blocks').pluck().get();
  return Math.ceil((((last ?? 0) + 1) * MARGIN * limit) / Math.max(limit, rows));
}

/** Blocks that may hold something of the span, the one that reaches furthest against the order first. */
function blocksIn(order: Order, { fromMs, toMs }: Span): Sql {
  const [edge, index, direction] =
    order === 'newest_first' ? ['newest_ms', 'newest', 'desc'] : ['oldest_ms', 'oldest', 'asc'];
  return sql(
    `select block, ${edge} as edgeMs from recording_blocks indexed by ix_recording_blocks_${index}
     where newest_ms >= ? and oldest_ms <= ? order by ${edge} ${direction}, block ${direction} limit ? offset ?`,
    fromMs,
    toMs,
  );
}

/** Of one moment there may be several: then the block is read, too. */
function comesBefore({ timeMs }: Place, [, edgeMs]: Block, order: Order): boolean {
  return order === 'newest_first' ? timeMs > edgeMs : timeMs < edgeMs;
}

function inPieces(blocks: readonly number[]): Numbers[] {
  const pieces: { first: number; last: number }[] = [];
  for (const block of [...blocks].sort((a, b) => a - b)) {
    const first = block * 2 ** BLOCK_BITS;
    const last = first + 2 ** BLOCK_BITS - 1;
    const before = pieces.at(-1);
    if (before?.last === first - 1) before.last = last;
    else pieces.push({ first, last });
  }
  return pieces;
}

function firstOf(places: Place[], order: Order, limit: number): Place[] {
  const sign = order === 'newest_first' ? -1 : 1;
  return places.sort((a, b) => sign * (a.timeMs - b.timeMs || a.id - b.id)).slice(0, limit);
}
