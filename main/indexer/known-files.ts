import type { Stream } from '@shared/model/recording';

const PAGE_BITS = 1024;
const SEGMENT = /_(?<run>[0-9a-f]{8})_(?<sequence>\d{8,15})(?:\.\d+)?\.wav$/;

/**
 * Which files have their row. A bit per segment, not a name per file: a season of five recorders has millions of them,
 * and their run and sequence tell them apart as well as the database does.
 */
export class KnownFiles {
  /** Workspace, stream, run and page to the bits of a thousand sequences. */
  readonly #pages = new Map<string, Uint8Array>();

  /** false also for a name that is none of ours. */
  has(workspace: string, stream: Stream, name: string): boolean {
    const place = placeOf(workspace, stream, name);
    if (place === null) return false;
    const bits = this.#pages.get(place.page)?.[place.bit >> 3] ?? 0;
    return (bits & (1 << (place.bit & 7))) !== 0;
  }

  add(workspace: string, stream: Stream, name: string): void {
    const place = placeOf(workspace, stream, name);
    if (place === null) return;
    const page = this.#pages.get(place.page) ?? new Uint8Array(PAGE_BITS / 8);
    page[place.bit >> 3] = (page[place.bit >> 3] ?? 0) | (1 << (place.bit & 7));
    this.#pages.set(place.page, page);
  }

  remove(workspace: string, stream: Stream, name: string): void {
    const place = placeOf(workspace, stream, name);
    const page = place === null ? undefined : this.#pages.get(place.page);
    if (place === null || page === undefined) return;
    page[place.bit >> 3] = (page[place.bit >> 3] ?? 0) & ~(1 << (place.bit & 7));
  }

  clear(): void {
    this.#pages.clear();
  }
}

function placeOf(
  workspace: string,
  stream: Stream,
  name: string,
): { page: string; bit: number } | null {
  const match = SEGMENT.exec(name);
  if (match === null) return null;
  const [, run = ''] = match;
  const sequence = Number(match[2]);
  const page = Math.floor(sequence / PAGE_BITS);
  return { page: `${workspace}/${stream}/${run}/${String(page)}`, bit: sequence % PAGE_BITS };
}
