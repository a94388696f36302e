import { resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import type { StationClient } from '@shared/contract';
import type { Export, ExportFormat, ExportRemark } from '@shared/model/export';
import type { Selection, Stream } from '@shared/model/recording';
import { AlreadySaid } from './already-said';
import { counted, megabytes, type Output, printable, table } from './output';

export interface ExportOrder {
  readonly folder: string;
  readonly format: ExportFormat;
  readonly streams: readonly Stream[];
  readonly selection: Selection;
}

/** A line for people so often; a document as it comes. */
const TELL_MS = 2_000;
const CANCELS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Exports recordings and tells how it goes on. Ctrl-C cancels: what was written is removed.
 * @throws AlreadySaid when it did not come to its end, or a recording could not be exported
 */
export async function exportRecordings(
  client: StationClient,
  { folder, format, streams, selection }: ExportOrder,
  json: boolean,
  output: Output,
): Promise<void> {
  const { id, folder: target } = await client.exports.start({
    folder: resolve(folder),
    format,
    streams: [...streams],
    selection,
  });
  const cancel = (): void => {
    void client.exports.cancel({ id }).catch(() => undefined);
  };
  for (const signal of CANCELS) process.on(signal, cancel);
  let end: Export | null;
  try {
    end = await follow(client, id, json, output);
  } catch (error) {
    if (error instanceof ORPCError) throw error;
    // The line broke: a console that was stopped has ended the export as well.
    output.err(
      printable(
        `The console does not answer any more. What it has exported so far lies in ${target}.unfinished.`,
      ),
    );
    throw new AlreadySaid();
  } finally {
    for (const signal of CANCELS) process.off(signal, cancel);
  }
  if (!json) for (const line of lastLines(end)) output.out(printable(line));
  if (end?.state !== 'done' || end.skipped > 0) throw new AlreadySaid();
}

async function follow(
  client: StationClient,
  id: string,
  json: boolean,
  output: Output,
): Promise<Export | null> {
  let toldMs = performance.now();
  let last: Export | null = null;
  for await (const now of await client.exports.watch({ id })) {
    last = now;
    if (json) {
      output.out(JSON.stringify(now));
      continue;
    }
    if (performance.now() - toldMs < TELL_MS || now.state !== 'running') continue;
    toldMs = performance.now();
    output.out(printable(progressLine(now)));
  }
  return last;
}

function progressLine(now: Export): string {
  const { phase, recordings, done, totalBytes, doneBytes, bytesPerS, secondsLeft } = now;
  const what =
    phase === 'verifying'
      ? 'Reading back'
      : `${String(done)} of ${counted(recordings, 'recording')}`;
  const bytes = totalBytes === 0 ? '' : `, ${megabytes(doneBytes)} of ${megabytes(totalBytes)}`;
  const rate = bytesPerS === null ? '' : `, ${megabytes(bytesPerS)}/s`;
  const left = secondsLeft === null ? '' : `, ${String(Math.ceil(secondsLeft))} s left`;
  return `${what}${bytes}${rate}${left}`;
}

const REMARK_WORDS: Readonly<Record<ExportRemark['kind'], string>> = {
  skipped: 'not exported',
  kept_as_wav: 'kept as WAV',
  damaged: 'damaged',
  position_unknown: 'position unknown',
};

function lastLines(end: Export | null): string[] {
  if (end === null) return ['The station does not tell how the export ended.'];
  const { state, recordings, skipped, folder, files, totalBytes, problem } = end;
  switch (state) {
    case 'done':
      return [
        ...remarkLines(end),
        `Exported ${counted(recordings - skipped, 'recording')}${skipped === 0 ? '' : ` (${String(skipped)} not)`} to ${folder}: ${counted(files, 'file')}, ${megabytes(totalBytes)}, read back and compared.`,
      ];
    case 'cancelled':
      return [problem ?? 'The export was cancelled; nothing of it is left.'];
    default:
      return [...remarkLines(end), `The export has failed: ${problem ?? state}`];
  }
}

function remarkLines({ remarks, remarkCount }: Export): string[] {
  if (remarks.length === 0) return [];
  const rows = remarks.map(({ recordingId, kind, detail }) => [
    recordingId === null ? '' : String(recordingId),
    REMARK_WORDS[kind],
    detail,
  ]);
  const more = remarkCount - remarks.length;
  return [
    ...table(['RECORDING', 'REMARK', 'WHY'], rows),
    ...(more > 0 ? [`… and ${String(more)} more: all of them are in remarks.csv`] : []),
  ];
}
