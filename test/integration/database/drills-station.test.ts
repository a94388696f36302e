import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import { carryOut } from '@main/cli/program';
import { runHere } from '@main/database/jobs';
import { formatSegmentName } from '@main/files/segment-name';
import { makeWorkspace, workspaceAt } from '@main/recorder/workspace';
import { commandLine, INSTALLATION } from '../../support/command-line';
import { cutToHalf, fillWithText, spoilPages } from '../../support/damaged-file';
import { temporaryFolder } from '../../support/temporary-folder';
import { type TestStation, testStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

const DEVICE = '0869-0389-x';

/** Files as a microphone leaves them, from this number on. */
async function leaveRecordings(dataDir: string, from: number, count: number): Promise<void> {
  mkdirSync(join(dataDir, 'recorder'), { recursive: true });
  const workspace = workspaceAt(join(dataDir, 'recorder'), DEVICE);
  await makeWorkspace(workspace);
  for (let sequence = from; sequence < from + count; sequence++) {
    const startMs = Date.UTC(2026, 4, 1, 12, sequence);
    const name = formatSegmentName({ startMs, durationS: 0.01, runId: 'aaaaaaaa', sequence });
    writeFileSync(join(workspace.data.raw, name), plainWav(480));
  }
}

async function allIndexed({ client }: TestStation, count: number): Promise<readonly Recording[]> {
  await vi.waitFor(async () => expect((await client.recordings.count({})).total).toBe(count), {
    timeout: 20_000,
    interval: 25,
  });
  return (await client.recordings.list({ limit: 100, order: 'oldest_first' })).items;
}

const RECORDED = 12;
const IMPORTED = 5;

/** Sounds of somebody else's, no two the same, with numbers from this one on. */
async function importSome({ client }: TestStation, from: number, count: number): Promise<void> {
  const card = temporaryFolder();
  for (let n = from; n < from + count; n++) {
    writeFileSync(join(card, soundName(n)), plainWav(600 + n));
  }
  const { id } = await client.imports.start({ paths: [card] });
  // It stands behind everything else, and this machine may have much else to do.
  await vi.waitFor(
    async () =>
      expect(await client.imports.get({ id })).toMatchObject({
        state: 'done',
        files: { imported: count },
      }),
    { timeout: 60_000, interval: 50 },
  );
}

function soundName(n: number): string {
  return `20260501_12000${String(n)}.WAV`;
}

/** Seven recordings and three imported ones, a copy of the database, then more that the copy knows nothing of. */
async function livedIn(dataDir: string): Promise<void> {
  await leaveRecordings(dataDir, 0, 7);
  const first = await testStation({ dataDir });
  await first.station.start();
  await importSome(first, 0, 3);
  await allIndexed(first, 10);
  await first.client.settings.set({ key: 'system.station_name', value: 'Wald' });
  await first.client.database.backUp();
  await leaveRecordings(dataDir, 7, 5);
  await importSome(first, 3, 2);
  await allIndexed(first, RECORDED + IMPORTED);
  await first.station.stop();
}

/** A station as it was before anything happened to it; made once. */
const template = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
let isLivedIn = false;
afterAll(() => {
  rmSync(template, { recursive: true, force: true });
});

const DRILLS: Readonly<Record<string, { ruin: (dataDir: string) => void; keeps: boolean }>> = {
  'bytes were flipped in it': { keeps: true, ruin: (dir) => spoilPages(join(dir, 'station.db')) },
  'it was cut short': { keeps: true, ruin: (dir) => cutToHalf(join(dir, 'station.db')) },
  'it was emptied': { keeps: true, ruin: (dir) => truncateSync(join(dir, 'station.db')) },
  'it became something else': { keeps: true, ruin: (dir) => fillWithText(join(dir, 'station.db')) },
  'it was deleted': { keeps: true, ruin: (dir) => rmSync(join(dir, 'station.db')) },
  'it was damaged, and its backups, too': {
    keeps: false,
    ruin: (dir) => {
      spoilPages(join(dir, 'station.db'));
      for (const name of readdirSync(join(dir, 'backups'))) cutToHalf(join(dir, 'backups', name));
    },
  },
  'it was deleted with its backups': {
    keeps: false,
    ruin: (dir) => {
      rmSync(join(dir, 'station.db'));
      rmSync(join(dir, 'backups'), { recursive: true });
    },
  },
};

describe('a station whose database was lost because', () => {
  it.each(Object.entries(DRILLS))(
    '%s: it comes up, says what it did, and no recording is missing',
    async (_, { ruin, keeps }) => {
      if (!isLivedIn) await livedIn(template);
      isLivedIn = true;
      const dataDir = temporaryFolder();
      cpSync(template, dataDir, { recursive: true });
      ruin(dataDir);

      const test = await testStation({ dataDir });
      await test.station.start();
      const found = await allIndexed(test, RECORDED + IMPORTED);
      expect(new Set(found.map(({ raw }) => raw?.path)).size).toBe(RECORDED + IMPORTED);
      const imported = found.filter(({ source }) => source === 'import');
      expect(found.length - imported.length).toBe(RECORDED);
      // With what was known of them: their sidecars tell.
      expect(imported.map(({ originalName }) => originalName)).toEqual(
        Array.from({ length: IMPORTED }, (_, n) => soundName(n)),
      );
      expect(imported.every(({ timeSource }) => timeSource === 'file_name')).toBe(true);
      const rows = found.map(({ id }) => test.station.mediaFile(id, 'raw')!);
      expect(rows.every(({ path }) => existsSync(path))).toBe(true);

      const { alerts, station } = await test.client.station.snapshot();
      expect(station.name === 'Wald').toBe(keeps);
      const told = alerts.find(({ code }) => /^database\.(restored|rebuilt)$/.test(code))!;
      expect(told.evidence).toMatch(/found again on disk/);
      const logged = await test.client.logs.tail({ level: 'error', search: told.code });
      expect(logged).toHaveLength(1);
      const { restored } = await test.client.database.status();
      // The audit may have passed already: then it is trusted again.
      if (restored !== null) expect(restored.from === null).toBe(!keeps);
    },
    180_000,
  );
});

type Line = Readonly<Record<string, unknown>>;

describe('a recording station whose database is damaged while it records', () => {
  it('notices, opens itself anew with the last copy, records on, and has every file in its list', async () => {
    const dataDir = temporaryFolder();
    const lines: Line[] = [];
    const args = [
      'run',
      '--json',
      '--data',
      dataDir,
      '--simulate',
      '1',
      '--segment',
      '1s',
      '--for',
      '60s',
    ];
    const ended = carryOut(args, INSTALLATION, {
      out: (line) => lines.push(JSON.parse(line) as Line),
      err: (line) => lines.push({ type: 'error', line }),
    });
    const count = (type: string): number => lines.filter((line) => line['type'] === type).length;
    const more = (type: string, than: number): Promise<void> =>
      vi.waitFor(
        () => {
          if (count(type) <= than)
            throw new Error(`no more of "${type}": ${JSON.stringify(lines.slice(-4))}`);
        },
        { timeout: 25_000, interval: 50 },
      );
    await more('recording', 1);
    const before = await commandLine(['backup', '--data', dataDir]);
    expect(before.exitCode).toBe(0);
    await more('recording', 2);
    const file = join(dataDir, 'station.db');
    await runHere('checkpoint', { file }); // what the log holds is read from there
    spoilPages(file);
    // Whoever meets it first: this copy, or something that the station asks. The answer may be cut off by the end.
    expect((await commandLine(['backup', '--data', dataDir])).exitCode).toBe(1);
    await more('reopening', 0);
    expect(lines.find(({ type }) => type === 'reopening')).toMatchObject({
      reason: 'database_damaged',
    });
    await more('started', 1);
    await more('recording', count('recording'));
    process.emit('SIGINT');
    const exitCode = await ended;
    expect({ exitCode, said: lines.filter(({ type }) => type === 'error') }).toEqual({
      exitCode: 0,
      said: [],
    });

    const { out } = await commandLine([
      'recordings',
      '--data',
      dataDir,
      '--json',
      '--limit',
      '1000',
    ]);
    const { items } = JSON.parse(out[0]!) as { items: Recording[] };
    const raw = join(dataDir, 'recorder', 'sim-1', 'data', 'raw');
    const onDisk = readdirSync(raw).filter((name) => statSync(join(raw, name)).isFile());
    expect(items.map((one) => one.raw?.path.split('/').at(-1)).sort()).toEqual(onDisk.sort());
    const told = await commandLine(['alerts', '--data', dataDir, '--all', '--json']);
    expect(told.out.join('')).toMatch(/database\.restored/);
    expect(readdirSync(dataDir).some((name) => name.startsWith('station.db.damaged-'))).toBe(true);
  });
});
