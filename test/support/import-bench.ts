import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Import, ImportItem, ImportOptions } from '@shared/model/import';
import { systemClock } from '@main/clock/system-clock';
import type { Connection } from '@main/database/connection';
import { DeviceRegistry } from '@main/devices/registry';
import { createEventBus, type EventBus } from '@main/events/bus';
import { ImportJournal } from '@main/importing/import-journal';
import { ImportService, type ImportServiceOptions } from '@main/importing/import-service';
import { ImportedRegistrar } from '@main/importing/imported-registrar';
import { KnownSounds } from '@main/importing/known-sounds';
import { Alerts } from '@main/monitor/alerts';
import { settingsSchema } from '@shared/model/settings';
import { recordingLogger } from './recording-logger';
import { stationDatabase } from './station-database';
import { temporaryFolder } from './temporary-folder';
import { threadUrl } from './threads';

const IMPORT_WORKER = threadUrl('import-worker');

export interface ImportBench {
  /** The data folder. */
  readonly root: string;
  /** Somebody else's disk. */
  readonly card: string;
  readonly connection: Connection;
  readonly bus: EventBus;
  readonly devices: DeviceRegistry;
  readonly imports: ImportService;
  readonly alerts: Alerts;
  /** Puts a file on the card. @returns its path */
  put(name: string, bytes: Buffer | string): string;
  /** Imports and waits for the end. Without paths: the whole card. */
  take(options?: Partial<ImportOptions>, paths?: readonly string[]): Promise<Import>;
  /** Waits for the end of an import that runs. */
  ended(id: number): Promise<Import>;
  /** The whole report, by name of the file. */
  report(id: number): Record<string, ImportItem>;
  /** Names of everything below `imported/`. */
  kept(): string[];
  /** Rows of imported recordings. */
  rows(): Record<string, unknown>[];
  /** Another service on the same folder, as after a restart. */
  again(options?: Partial<ImportServiceOptions>): ImportService;
}

/** A data folder that imports from a card: real files, thread and database. */
export function importBench(options: Partial<ImportServiceOptions> = {}): ImportBench {
  const root = temporaryFolder();
  const card = temporaryFolder();
  const connection = stationDatabase();
  const bus = createEventBus();
  const logger = recordingLogger();
  const alerts = new Alerts({ connection, clock: systemClock, bus });
  const devices = new DeviceRegistry({
    connection,
    clock: systemClock,
    bus,
    logger,
    scan: () => Promise.resolve([]),
    profiles: () => [],
    settings: () => settingsSchema.parse({}),
  });
  const again = (more: Partial<ImportServiceOptions> = {}): ImportService => {
    const imports = new ImportService({
      clock: systemClock,
      bus,
      logger,
      alerts,
      journal: new ImportJournal(connection),
      registrar: new ImportedRegistrar({
        connection,
        ensureDevice: (device) => devices.ensureImported(device),
      }),
      known: new KnownSounds(connection),
      dataRoot: root,
      workerUrl: IMPORT_WORKER,
      ffmpeg: 'ffmpeg',
      timezone: () => 'Europe/Berlin',
      clockTrusted: () => true,
      deviceKind: (name) => devices.find(name)?.kind ?? null,
      diskProblem: () => null,
      kept: () => ({ minFreeGb: null, limitPercent: 100 }),
      foldLog: () => Promise.resolve(),
      alone: (work) => work(),
      ...options,
      ...more,
    });
    onTestFinished(() => imports.stop());
    return imports;
  };
  const imports = again();
  const ended = async (id: number, of = imports): Promise<Import> => {
    for await (const _ of of.watch(id, new AbortController().signal)) continue;
    return of.get(id);
  };
  return {
    root,
    card,
    connection,
    bus,
    devices,
    alerts,
    imports,
    again,
    ended,
    put: (name, bytes) => {
      const path = join(card, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return path;
    },
    take: async (wishes = {}, paths = [card]) => {
      const { id } = await imports.begin(paths, { tags: [], ...wishes });
      return ended(id);
    },
    report: (id) =>
      Object.fromEntries(
        imports
          .items(id, { afterId: 0, limit: 1000 })
          .map((item) => [item.path.replace(`${card}/`, ''), item]),
      ),
    kept: () => {
      try {
        const names = readdirSync(join(root, 'imported'), { recursive: true, encoding: 'utf8' });
        return names.filter((name) => /\.(wav|json)$/.test(name)).sort();
      } catch {
        return [];
      }
    },
    rows: () =>
      connection.sqlite
        .prepare<[], Record<string, unknown>>(
          `select * from recordings where source = 'import' order by id`,
        )
        .all(),
  };
}

/** A WAV file whose sound no other number makes. 16 bit, mono. */
export function soundOf(seed: number, frames = 4_800, rate = 48_000): Buffer {
  const samples = Buffer.alloc(frames * 2);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let i = 0; i < frames; i += 1) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    samples.writeInt16LE((state >>> 16) - 32_768, i * 2);
  }
  return wavOf(samples, rate);
}

function wavOf(samples: Buffer, rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
