import {
  closeSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { connect, type Connection } from '@main/database/connection';
import { JobThread } from '@main/database/job-thread';
import { applyMigrations } from '@main/database/migrate';
import { createEventBus } from '@main/events/bus';
import { formatSegmentName } from '@main/files/segment-name';
import { Indexer } from '@main/indexer/indexer';
import { Registrar } from '@main/indexer/registrar';
import { LedgerReader } from '@main/recorder/ledger-reader';
import { runFolderAt } from '@main/recorder/run-files';
import { inspectOpen } from '@main/wav/inspect';
import { longestStretch } from '../../support/longest-stretch';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice } from '../../support/sample-rows';
import { plainWav } from '../../support/wav-bytes';
import type { SeasonMeasurement } from '../season-measurement';

// A disk full of recordings whose database was lost: every file is registered anew, by name, header and ledger.
const FILES = Number(process.env['SILVASONIC_REGISTRATION_FILES'] ?? 200_000);
/** Of a run, as of a day of ten-second segments. */
const PER_RUN = 8_640;
const START_MS = Date.UTC(2026, 4, 1);
/** Files a second, with batches that a power cut leaves whole. */
const LEAST_PER_S = 5_000;
const LONGEST_MS = 20;
const BATCH = 200;
const MORE = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'silvasonic-registration-'));
const recorderDir = join(folder, 'recorder');
const raw = join(recorderDir, 'mic/data/raw');
const measurements: SeasonMeasurement[] = [];
const runOf = (n: number): string => (0xa0000000 + Math.floor(n / PER_RUN)).toString(16);

function nameOf(n: number): string {
  const sequence = n % PER_RUN;
  return formatSegmentName({
    startMs: START_MS + n * 10_000,
    durationS: 10,
    runId: runOf(n),
    sequence,
  });
}

function database(name: string): Connection {
  const connection = connect(join(folder, name));
  applyMigrations(connection, resolve(import.meta.dirname, '../../../main/database/migrations'));
  insertDevice(connection, 'mic', { workspace: 'mic' });
  return connection;
}

function measured(
  name: string,
  what: string,
  unit: SeasonMeasurement['unit'],
  value: number,
  goal: Partial<Pick<SeasonMeasurement, 'atMost' | 'atLeast' | 'baseline'>> = {},
): void {
  measurements.push({ name, what, unit, value, atMost: null, ...goal });
  process.stdout.write(`  registration.${name}: ${value.toFixed(2)} ${unit} (${what})\n`);
}

beforeAll(() => {
  mkdirSync(raw, { recursive: true });
  const wav = plainWav(16);
  let ledger = '';
  for (let n = 0; n < FILES; n += 1) {
    writeFileSync(join(raw, nameOf(n)), wav);
    const sequence = n % PER_RUN;
    ledger += `\n${JSON.stringify({
      sequence,
      fileName: nameOf(n),
      firstFrame: sequence * 480_000,
      frames: 480_000,
      sampleRateHz: 48_000,
      startWallMs: START_MS + n * 10_000 + 0.25,
      clockSynced: true,
      recovered: false,
    })}\n`;
    if (sequence === PER_RUN - 1 || n === FILES - 1) {
      const run = runFolderAt(join(recorderDir, 'mic'), runOf(n));
      mkdirSync(run.path, { recursive: true });
      writeFileSync(run.ledgerFile, ledger);
      ledger = '';
    }
  }
}, 600_000);

afterAll(() => {
  const file = process.env['SILVASONIC_SEASON_FILE'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(measurements));
  rmSync(folder, { recursive: true, force: true });
}, 600_000);

it('a disk full of recordings is registered anew', async () => {
  const bare = await bareRegistration();
  process.stdout.write(`  registration.bare: ${(FILES / bare.tookS).toFixed(0)} files/s\n`);
  const connection = database('station.db');
  const ledger = new LedgerReader(recorderDir);
  const workers = (name: string): URL =>
    pathToFileURL(resolve(import.meta.dirname, `../../../main/${name}.ts`));
  const logThread = new JobThread(workers('database/database-worker'), 'brisk');
  const indexer = new Indexer({
    connection,
    clock: systemClock,
    bus: createEventBus(),
    logger: recordingLogger(),
    dataRoot: folder,
    recorderDir,
    sha256WorkerUrl: workers('indexer/sha256-worker'),
    headWorkerUrl: workers('indexer/head-worker'),
    pollIntervalS: () => 3600,
    shortenLog: () => logThread.run('checkpoint', { file: connection.sqlite.name }),
    ownerOf: (workspace) => Promise.resolve({ device: workspace, simulated: false }),
    segmentFacts: (workspace, runId, sequence) => ledger.segment(workspace, runId, sequence),
  });
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await indexer.sweep(true);
  const tookS = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  expect(indexer.status().counters['total_indexed']).toBe(FILES);
  // Whoever watches the loop keeps it busy: by itself, on some more of them.
  for (let n = FILES; n < FILES + MORE; n += 1) writeFileSync(join(raw, nameOf(n)), plainWav(16));
  const stretch = await longestStretch(() => indexer.sweep(true));
  expect(indexer.status().counters['total_indexed']).toBe(FILES + MORE);
  await indexer.stop();
  connection.sqlite.close();
  measured('rate', `${String(FILES)} files, durable batches`, 'files/s', FILES / tookS, {
    atLeast: LEAST_PER_S,
    baseline: {
      what: `the bare cost of reading the headers and inserting the rows, ${String(BATCH)} to a durable batch, nobody else having a turn`,
      value: FILES / bare.tookS,
    },
  });
  measured('stretch', 'longest stretch of the main loop', 'ms', stretch, { atMost: LONGEST_MS });
  measured('cpu', 'processor time', 's', (user + system) / 1e6, {
    baseline: { what: 'the bare cost', value: bare.cpuS },
  });
  expect.soft(stretch).toBeLessThanOrEqual(LONGEST_MS);
}, 900_000);

/** What cannot be spared: each header read, each row inserted, each batch on the disk. */
async function bareRegistration(): Promise<{ tookS: number; cpuS: number }> {
  const connection = database('bare.db');
  const registrar = new Registrar(connection);
  const head = Buffer.alloc(1024);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let first = 0; first < FILES; first += BATCH) {
    const batch = [];
    for (let n = first; n < Math.min(first + BATCH, FILES); n += 1) {
      const name = nameOf(n);
      const fd = openSync(join(raw, name), 'r');
      const bytes = readSync(fd, head, 0, head.length, 0);
      const { size } = fstatSync(fd);
      closeSync(fd);
      const info = await inspectOpen(
        {
          read: (buffer, offset, length, position) =>
            Promise.resolve({
              bytesRead: head.copy(buffer, offset, position, Math.min(bytes, position + length)),
            }),
        },
        name,
        size,
      );
      batch.push({
        device: 'mic',
        timeMs: START_MS + n * 10_000,
        runId: runOf(n),
        sequence: n % PER_RUN,
        firstFrame: 0,
        clockSynced: true,
        recovered: false,
        simulated: false,
        files: { raw: { path: `recorder/mic/data/raw/${name}`, sizeBytes: size, ...info } },
      });
    }
    registrar.register(batch, 0);
  }
  const { user, system } = process.cpuUsage(cpu);
  connection.sqlite.close();
  return { tookS: (performance.now() - startedAt) / 1000, cpuS: (user + system) / 1e6 };
}
