import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExportFormat } from '@shared/model/export';
import type { Recording, Selection, Stream } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { messageOf } from '../error-message';
import { errorCode } from '../files/error-code';
import type { FlacEncoder } from '../wav/flac-encoder';
import { Bundle, ReadBackError } from './bundle';
import type { ExportProgress } from './export-progress';
import { openRecipe } from './open-recipe';
import type { Recipe, RecipeParts } from './recipe';
import { selectionInBrief, slicesOf } from './records';
import { DataDiskAwayError } from './sound-files';
import { checkLimit, DataDiskLimitError, finishFolder, type NewFolder } from './target-folder';

/** Who ended an export before its time. */
export type EndedBy = 'person' | 'console';

export interface ExportRunParts extends Omit<RecipeParts, 'bundle'> {
  readonly clock: Clock;
  readonly flac: FlacEncoder;
  readonly byIds: (ids: readonly number[]) => Recording[];
  readonly progress: ExportProgress;
  readonly folder: NewFolder;
  readonly dataDiskLimitPercent: () => number;
  readonly format: ExportFormat;
  readonly selection: Selection;
  /** What is exported, in this order. */
  readonly ids: ArrayLike<number>;
  /** Its reason is an `EndedBy`. */
  readonly signal: AbortSignal;
}

/** So many are asked for at a time: the main loop does not feel it. */
const SLICE = 100;
/** How often it is looked at whether there is room still. */
const LOOK_MS = 1_000;

/** Writes one export from the beginning to its end, whatever that is. Never throws: how it went is in its progress. */
export async function carryOutExport(parts: ExportRunParts): Promise<void> {
  const { progress, folder, signal } = parts;
  let bundle: Bundle | null = null;
  try {
    bundle = await Bundle.create({
      root: folder.workPath,
      flac: parts.flac,
      signal,
      onBytes: (bytes) => {
        progress.bytes(bytes);
      },
      onFile: () => {
        progress.file();
      },
      onRemark: (remark) => {
        progress.remark(remark);
      },
    });
    await fill(bundle, await openRecipe(parts.format, { ...parts, bundle }), parts);
    await bundle.complete();
    progress.verifying(bundle.writtenBytes);
    await bundle.verify((bytes) => {
      progress.bytes(bytes);
    });
    await finishFolder(folder);
    progress.over('done', null);
  } catch (error) {
    await bundle?.abandon();
    await giveUp(error, parts);
  }
}

async function fill(bundle: Bundle, recipe: Recipe, parts: ExportRunParts): Promise<void> {
  const { ids, byIds, progress, signal, streams, clock, folder, dataDiskLimitPercent } = parts;
  let lookedAtMs = -Infinity;
  for (const slice of slicesOf(ids, SLICE)) {
    const found = new Map(byIds(slice).map((recording) => [recording.id, recording]));
    for (const id of slice) {
      signal.throwIfAborted();
      if (clock.monotonicMs() - lookedAtMs >= LOOK_MS) {
        await checkLimit(folder, dataDiskLimitPercent());
        lookedAtMs = clock.monotonicMs();
      }
      const recording = found.get(id);
      if (recording === undefined) await bundle.remark(notThere(id));
      else await recipe.add(recording);
      progress.recording(recording === undefined ? 0 : bytesOf(recording, streams));
    }
    await nextTurn();
  }
  await recipe.finish();
  await bundle.addText('export.json', descriptionOf(parts));
}

function notThere(recordingId: number) {
  const detail = 'there is no such recording (any more)';
  return { kind: 'skipped', recordingId, detail } as const;
}

/** What a recording counts in the total of an export. */
export function bytesOf(recording: Recording, streams: readonly Stream[]): number {
  if (recording.localDeleted) return 0;
  return streams.reduce((sum, stream) => sum + (recording[stream]?.sizeBytes ?? 0), 0);
}

function descriptionOf(parts: ExportRunParts): string {
  const { exportId, format, streams, station, software, atMs, clock, selection, ids, progress } =
    parts;
  const description = {
    id: exportId,
    format,
    streams,
    station: station.name,
    software,
    startedAt: toInstant(atMs),
    writtenAt: toInstant(clock.wallMs()),
    selection: selectionInBrief(selection),
    recordings: ids.length,
    skipped: progress.skipped,
    remarks: progress.remarkCount,
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

async function giveUp(error: unknown, { progress, folder, signal }: ExportRunParts): Promise<void> {
  const endedBy = signal.aborted ? (signal.reason as EndedBy) : null;
  if (endedBy === 'person') {
    // Nothing but what this export has made lies in it.
    const left = await rm(folder.workPath, { recursive: true, force: true }).then(
      () => null,
      (failure: unknown) => `${folder.workPath} could not be removed: ${messageOf(failure)}`,
    );
    progress.over('cancelled', left);
    return;
  }
  const cause = endedBy === 'console' ? 'the console was stopped' : problemOf(error);
  progress.over('failed', `${cause}. What was written until then lies in ${folder.workPath}.`);
}

function problemOf(error: unknown): string {
  const tells = [ReadBackError, DataDiskAwayError, DataDiskLimitError];
  if (error instanceof Error && tells.some((kind) => error instanceof kind)) return error.message;
  const words: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk that it is written to is full',
    EDQUOT: 'the disk that it is written to is full for this user',
    EROFS: 'the disk that it is written to is read-only',
    EIO: 'the disk that it is written to reports an error',
    ENOENT: 'the folder that it is written to is gone',
    ENODEV: 'the disk that it is written to is gone',
  };
  return words[errorCode(error)] ?? messageOf(error);
}
