import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import type { Connection } from '@main/database/connection';
import type { recordings } from '@main/database/schema';
import { Exporter, type ExporterParts, type ExportRequest } from '@main/exporting/exporter';
import { Records } from '@main/exporting/records';
import { RecordingSearch } from '@main/recordings/search';
import { FlacEncoder } from '@main/wav/flac-encoder';
import type { Export } from '@shared/model/export';
import type { Recording } from '@shared/model/recording';
import { fileDigest } from './file-digest';
import { recordingLogger } from './recording-logger';
import { insertDevice, insertRecording } from './sample-rows';
import { stationDatabase } from './station-database';
import { temporaryFolder } from './temporary-folder';
import { dataChunk, formatChunk, type WavChunk, wavBytes } from './wav-bytes';

type Columns = Partial<typeof recordings.$inferInsert>;

export interface Sound {
  readonly rate?: number;
  readonly bits?: number;
  readonly frames?: number;
  /** Chunks beside the format and the audio. */
  readonly before?: readonly WavChunk[];
  readonly after?: readonly WavChunk[];
  /** In place of all that. */
  readonly bytes?: Buffer;
}

export interface ExportBench {
  readonly dataRoot: string;
  readonly target: string;
  readonly connection: Connection;
  readonly exporter: Exporter;
  readonly logger: ReturnType<typeof recordingLogger>;
  /** A recording with a real raw file of random sound. @returns its number and where the file lies */
  record(sound?: Sound, columns?: Columns): { id: number; path: string };
  /** Exports, and waits until that is over. */
  run(request?: Partial<ExportRequest>): Promise<Export>;
  /** Waits until an export is over. */
  over(id: string): Promise<Export>;
}

/** GUANO as a recorder leaves it, and a LIST chunk: what an export must keep. */
export const METADATA: readonly WavChunk[] = [
  {
    id: 'LIST',
    body: Buffer.from('INFOICMT\x1a\0\0\0a comment of a recorder  \0\0', 'latin1'),
  },
  {
    id: 'guan',
    body: Buffer.from(
      'GUANO|Version: 1.0\nLoc Position: 52.5 13.25\nNote: Fledermäuse am Teich\n',
      'utf8',
    ),
  },
];

export function soundBytes(sound: Sound = {}): Buffer {
  const { rate = 48_000, bits = 16, frames = 4_800, before = [], after = METADATA } = sound;
  if (sound.bytes !== undefined) return sound.bytes;
  const extensible = bits > 16 || rate > 48_000 ? { validBits: bits } : {};
  const audio = randomBytes((frames * bits) / 8);
  const format = formatChunk({ rate, bits, ...extensible });
  if (format.body.length === 40) format.body.writeUInt32LE(4, 20); // front centre, as ffmpeg writes it
  return wavBytes([format, ...before, dataChunk(audio), ...after]);
}

/**
 * A data folder with recordings and an exporter on it; what it asks other rooms for is the real thing.
 * @param byIds how it looks recordings up, for what shall happen meanwhile
 */
export function exportBench(
  parts: Partial<ExporterParts> = {},
  byIds = (search: RecordingSearch, ids: readonly number[]): Recording[] => search.byIds(ids),
): ExportBench {
  const connection = stationDatabase();
  const dataRoot = parts.dataRoot ?? temporaryFolder();
  const target = temporaryFolder();
  const logger = recordingLogger();
  const search = new RecordingSearch(connection.sqlite);
  insertDevice(connection, 'mic');
  const exporter = new Exporter({
    // Readers are told at once.
    clock: { ...systemClock, sleep: () => nextTurn(true) },
    logger,
    records: new Records(connection),
    flac: new FlacEncoder(),
    ids: (selection) => Promise.resolve(search.ids(selection)),
    byIds: (ids) => byIds(search, ids),
    dataRoot,
    diskIsThere: () => Promise.resolve(true),
    station: () => ({ name: 'Waldstation', position: { latitude: 48.1, longitude: 11.5 } }),
    dataDiskLimitPercent: () => 100,
    software: 'Silvasonic Station Console 0.0.0-test',
    ...parts,
  });
  onTestFinished(() => exporter.stop());
  let count = 0;
  const over = async (id: string): Promise<Export> => {
    let last: Export | null = null;
    for await (const one of exporter.watch(id, new AbortController().signal)) last = one;
    return last!;
  };
  return {
    dataRoot,
    target,
    connection,
    exporter,
    logger,
    over,
    record: (sound = {}, columns = {}) => {
      count += 1;
      const bytes = soundBytes(sound);
      const { rate = 48_000, bits = 16, frames = 4_800 } = sound;
      const device = columns.device ?? 'mic';
      const rawPath = columns.rawPath ?? `recorder/mic/data/raw/${String(count)}.wav`;
      const path = join(dataRoot, rawPath);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      const id = insertRecording(connection, {
        rawSizeBytes: bytes.length,
        rawSampleRateHz: rate,
        rawBitsPerSample: bits,
        rawFrames: frames,
        rawSha256: fileDigest(path),
        durationS: frames / rate,
        timeMs: Date.UTC(2026, 4, 1, 12, 0, count),
        ...columns,
        device,
        rawPath,
      });
      return { id, path };
    },
    run: async (request = {}) => {
      const { id } = await exporter.begin(
        { selection: { filter: {} }, format: 'wav', streams: ['raw'], folder: target, ...request },
        'page',
      );
      return over(id);
    },
  };
}
