import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { formatSegmentName } from '@main/files/segment-name';
import { bufferFileName } from '@main/recorder/capture-command';
import type { CaptureConfig } from '@main/recorder/capture-config';
import {
  type LedgerEntry,
  type RunFolder,
  runFolderAt,
  type RunRecord,
} from '@main/recorder/run-files';
import { type Workspace, workspaceAt } from '@main/recorder/workspace';
import { knownSignal } from './known-signal';
import { dataChunk, formatChunk, wavBytes } from './wav-bytes';

export const DEAD_RATE = 96_000;
const UNKNOWN = 0xffffffff;
/** ffmpeg names itself before the audio. */
const WRITER = { id: 'LIST', body: Buffer.from('INFOISFT\x0e\0\0\0Lavf59.27.100\0', 'latin1') };

/** What is left of a run whose capture and whose console are gone, file by file. */
export interface DeadRun {
  readonly runId: string;
  readonly anchorMs: number;
  readonly workspace: Workspace;
  readonly folder: RunFolder;
  /** What the microphone played in a segment of this run: S16LE, mono. */
  sound(sequence: number, frames?: number): Buffer;
  /** Path of a segment in a buffer. */
  buffer(stream: Stream, sequence: number): string;
  /** A file as ffmpeg finishes it, in a buffer. */
  whole(stream: Stream, sequence: number, frames?: number): void;
  /** A file as ffmpeg leaves it when it is killed: its header does not know its length. */
  open(stream: Stream, sequence: number, frames: number): void;
  /** ffmpeg lists it as closed. */
  listed(stream: Stream, sequence: number): void;
  /** Both files, whole and listed. */
  pair(sequence: number): void;
  /** A ledger line as the console writes it. */
  entry(sequence: number): LedgerEntry;
  remember(sequence: number): void;
}

/** Segments of a second, raw at 96 kHz and processed at 48 kHz. The machine was started anew since. */
export function deadRun(
  dataDir: string,
  options: {
    readonly runId?: string;
    readonly anchorMs?: number;
    readonly workspace?: string;
  } = {},
): DeadRun {
  const { runId = '0a1b2c3d', anchorMs = Date.UTC(2026, 4, 1, 3, 30, 0, 250) } = options;
  const name = options.workspace ?? 'sim-1';
  const workspace = workspaceAt(join(dataDir, 'recorder'), name);
  const folder = runFolderAt(workspace.path, runId);
  for (const path of [
    folder.path,
    ...Object.values(workspace.buffer),
    ...Object.values(workspace.data),
  ]) {
    mkdirSync(path, { recursive: true });
  }
  writeFileSync(folder.recordFile, JSON.stringify(recordOf(name, runId, anchorMs)));
  const played = knownSignal(DEAD_RATE, 8);
  const rateOf = (stream: Stream): number => (stream === 'raw' ? DEAD_RATE : 48_000);
  const sound = (sequence: number, frames = DEAD_RATE): Buffer =>
    played.subarray(sequence * DEAD_RATE * 2, (sequence * DEAD_RATE + frames) * 2);
  const audio = (stream: Stream, sequence: number, frames: number): Buffer =>
    // No sound that any filter would make of the raw file: what is kept is told from what is made again.
    stream === 'raw' ? sound(sequence, frames) : Buffer.alloc(frames * 2, sequence + 1);
  const header = (stream: Stream) =>
    formatChunk({ rate: rateOf(stream), ...(stream === 'raw' ? { validBits: 16 } : {}) });
  const buffer = (stream: Stream, sequence: number): string =>
    join(workspace.buffer[stream], bufferFileName(runId, sequence));
  const whole = (stream: Stream, sequence: number, frames = rateOf(stream)): void => {
    const bytes = wavBytes([header(stream), WRITER, dataChunk(audio(stream, sequence, frames))]);
    writeFileSync(buffer(stream, sequence), bytes);
  };
  const listed = (stream: Stream, sequence: number): void => {
    const row = `${bufferFileName(runId, sequence)},${String(sequence)}.000000,${String(sequence + 1)}.000000\n`;
    appendFileSync(stream === 'raw' ? folder.rawList : folder.processedList, row);
  };
  const entry = (sequence: number): LedgerEntry => {
    const startWallMs = anchorMs + sequence * 1000;
    return {
      sequence,
      fileName: formatSegmentName({ startMs: startWallMs, durationS: 1, runId, sequence }),
      firstFrame: sequence * DEAD_RATE,
      frames: DEAD_RATE,
      sampleRateHz: DEAD_RATE,
      startWallMs,
      clockSynced: true,
      recovered: false,
    };
  };
  return {
    runId,
    anchorMs,
    workspace,
    folder,
    sound,
    buffer,
    whole,
    open: (stream, sequence, frames) => {
      const bytes = wavBytes([
        header(stream),
        WRITER,
        dataChunk(audio(stream, sequence, frames), UNKNOWN),
      ]);
      bytes.writeUInt32LE(UNKNOWN, 4);
      writeFileSync(buffer(stream, sequence), bytes);
    },
    listed,
    pair: (sequence) => {
      for (const stream of ['raw', 'processed'] as const) {
        whole(stream, sequence);
        listed(stream, sequence);
      }
    },
    entry,
    remember: (sequence) => {
      appendFileSync(folder.ledgerFile, `\n${JSON.stringify(entry(sequence))}\n`);
    },
  };
}

function recordOf(name: string, runId: string, anchorMs: number): RunRecord {
  const config: CaptureConfig = {
    device: name,
    workspace: name,
    input: { type: 'sweep' },
    sampleRateHz: DEAD_RATE,
    channels: 1,
    format: 'S16LE',
    raw: true,
    processed: true,
    live: false,
    gainDb: 0,
    highpassHz: null,
    segmentDurationS: 1,
  };
  const bootId = '00000000-0000-0000-0000-000000000000';
  return {
    version: 1,
    runId,
    device: { name, displayName: name, simulated: true },
    config,
    configHash: 'of-no-console',
    process: { pid: 1, startTicks: 1, bootId },
    startedWallMs: anchorMs,
    startedMonotonicMs: 0,
    bootId,
    livePort: null,
    anchor: { wallMs: anchorMs, monotonicMs: 0, source: 'process_start', synced: true },
    ended: null,
  };
}
