import { ORPCError } from '@orpc/client';
import type { StationClient } from '@shared/contract';
import type { IntegrityStatus, Verdict } from '@shared/model/integrity';
import { AlreadySaid } from './already-said';
import { counted, megabytes, type Output, printable } from './output';
import { UsageError } from './usage-error';

const PAGE = 1000;

export interface VerifyRequest {
  readonly ids: readonly number[];
  readonly all: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
}

/** @throws UsageError for things that cannot be asked at once */
export function checkVerify({ ids, all, pause, resume }: VerifyRequest): void {
  const asked = [ids.length > 0, all, pause, resume].filter(Boolean).length;
  if (asked > 1) {
    throw new UsageError('Say one of these: recordings by their ids, --all, --pause or --resume.');
  }
}

/**
 * Reads recordings and compares them with their hashes; without any, tells how far the station is with that.
 * @throws AlreadySaid when a file is not what was recorded
 */
export async function verify(
  client: StationClient,
  request: VerifyRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  if (request.ids.length > 0 || request.all) {
    await verifyNow(client, request, json, output);
    return;
  }
  const { pause, status, resume } = client.integrity;
  const progress = await (request.pause ? pause() : request.resume ? resume() : status());
  if (json) output.out(JSON.stringify(progress));
  else for (const line of progressLines(progress)) output.out(printable(line));
  const { corrupt, missing, unreadable } = progress;
  if (corrupt + missing + unreadable > 0) throw new AlreadySaid();
}

/** With `json` one line per file, with every word; else only what is wrong, and a sum. */
async function verifyNow(
  client: StationClient,
  { all, ids }: VerifyRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  const counts: Record<Verdict['result'], number> = {
    ok: 0,
    corrupt: 0,
    missing: 0,
    unreadable: 0,
    no_hash: 0,
  };
  for await (const recordingId of all ? everyId(client) : ids) {
    const read = client.integrity.verify({ recordingId });
    for (const verdict of await (all ? read.catch(noneIfGone) : read)) {
      counts[verdict.result] += 1;
      if (json) output.out(JSON.stringify(verdict));
      else if (verdict.result !== 'ok') output.out(printable(wordsOf(verdict)));
    }
  }
  const bad = counts.corrupt + counts.missing + counts.unreadable;
  if (!json) output.out(sumOf(counts, bad));
  if (bad > 0) throw new AlreadySaid();
}

/** It was purged, or its file went to make room, since it was listed. */
function noneIfGone(error: unknown): Verdict[] {
  if (error instanceof ORPCError && error.code === 'NOT_FOUND') return [];
  throw error;
}

async function* everyId(client: StationClient): AsyncGenerator<number> {
  let cursor: string | undefined;
  do {
    const page = await client.recordings.list({
      localDeleted: false,
      order: 'oldest_first',
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.items.map(({ id }) => id);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function wordsOf({ recordingId, path, result, expected, found, detail }: Verdict): string {
  const hashes = result === 'corrupt' ? ` recorded ${expected ?? '?'}, now ${found ?? '?'};` : '';
  const word = result === 'no_hash' ? 'not compared' : result.toUpperCase();
  return `${String(recordingId)} ${path}: ${word}:${hashes} ${detail}`;
}

function sumOf(counts: Readonly<Record<Verdict['result'], number>>, bad: number): string {
  const read = `${counted(counts.ok + bad, 'file')} compared`;
  const waiting = counts.no_hash === 0 ? '' : `, ${String(counts.no_hash)} without a hash yet`;
  return `${read}${waiting}: ${bad === 0 ? 'all are what was recorded' : `${String(bad)} NOT WHAT WAS RECORDED`}`;
}

function progressLines(progress: IntegrityStatus): string[] {
  const { state, detail, total, verified, corrupt, missing, unreadable } = progress;
  const speed = `${megabytes(progress.bytesPerS)}/s`;
  const doing: Readonly<Record<IntegrityStatus['state'], string>> = {
    running: `Reading ${progress.current ?? 'the next file'} at ${speed}.`,
    paused: `Not reading: ${detail}`,
    resting: `Waiting: ${detail}`,
    done:
      verified < total
        ? 'Nothing is due yet: what is new is read some time after it came.'
        : 'Everything was verified lately; nothing is due.',
  };
  const damage =
    corrupt + missing + unreadable === 0
      ? 'no damage is known'
      : `${String(corrupt)} corrupt, ${String(missing)} missing, ${String(unreadable)} unreadable`;
  const far = total === 0 ? '' : `${String(verified)} of ${counted(total, 'recording')} verified; `;
  return [doing[state], `${far}${damage}`];
}
