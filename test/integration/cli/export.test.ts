import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StationClient } from '@shared/contract';
import { exportSchema } from '@shared/model/export';
import { AlreadySaid } from '@main/cli/already-said';
import { type ExportOrder, exportRecordings } from '@main/cli/export-recordings';
import { connect } from '@main/database/connection';
import { auditLog } from '@main/database/schema';
import { commandLine, type Said } from '../../support/command-line';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { temporaryFolder } from '../../support/temporary-folder';
import { openTestStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

let dataDir: string;
let ids: number[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  const { station } = await openTestStation({ dataDir });
  await station.stop();
  const connection = connect(join(dataDir, 'station.db'));
  insertDevice(connection, 'mic');
  ids = [1, 2, 3].map((n) => {
    const rawPath = `recorder/mic/data/raw/${String(n)}.wav`;
    const bytes = plainWav(480);
    if (n !== 3) {
      mkdirSync(dirname(join(dataDir, rawPath)), { recursive: true });
      writeFileSync(join(dataDir, rawPath), bytes);
    }
    return insertRecording(connection, { device: 'mic', rawPath, rawSizeBytes: bytes.length });
  });
  connection.sqlite.close();
});
afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function type(...args: string[]): Promise<Said> {
  return commandLine(['export', ...args, '--data', dataDir]);
}

describe('export on the command line', () => {
  it('copies what is named, and says where to', async () => {
    const target = temporaryFolder();
    const [id] = ids;
    const { exitCode, out, err } = await type(target, '--id', String(id));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
    const [name] = readdirSync(target);
    expect(out).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Exported 1 recording to ${join(target, name!)}: 3 files, .* read back and compared\\.$`,
        ),
      ),
    ]);
  });

  it('tells what could not be exported, and ends with 1', async () => {
    const { exitCode, out } = await type(temporaryFolder(), '--all', '--format', 'flac');
    expect(exitCode).toBe(1);
    expect(out.join('\n')).toMatch(/3 +not exported +its raw file cannot be read: it is missing/);
    expect(out.at(-1)).toMatch(/^Exported 2 recordings \(1 not\) to /);
  });

  it('tells a program each step as a document', async () => {
    const { out } = await type(temporaryFolder(), '--device', 'mic', '--format', 'csv', '--json');
    const steps = out.map((line) => exportSchema.parse(JSON.parse(line)));
    expect(steps.at(-1)).toMatchObject({ state: 'done', format: 'csv', recordings: 3 });
  });

  it('writes down who was given personal data', async () => {
    const target = temporaryFolder();
    const said = await type(target, '--id', String(ids[0]), '--format', 'personal_data');
    expect(said).toMatchObject({ exitCode: 0 });
    const connection = connect(join(dataDir, 'station.db'), { readonly: true });
    const acts = connection.db.select().from(auditLog).all();
    connection.sqlite.close();
    expect(acts.slice(-2)).toMatchObject(
      ['recordings.personal_data_export', 'recordings.personal_data_exported'].map((action) => ({
        actor: 'command_line',
        action,
      })),
    );
    const [name] = readdirSync(target);
    expect(readFileSync(join(target, name!, 'README.txt'), 'utf8')).toMatch(/^Everything/);
  });

  it.each([
    [['/tmp'], 2, /Say which recordings, e\.g\. --device <name>, or --all/],
    [['/tmp', '--id', '1', '--device', 'mic'], 2, /either by their ids or by a filter/],
    [['/tmp', '--id', 'x'], 2, /Expected the id of a recording/],
    [['/tmp', '--all', '--format', 'mp3'], 2, /Allowed choices are wav, flac, csv/],
    [['/tmp', '--from', '2026-05-02', '--to', '2026-05-01'], 2, /nothing lies between/],
    [['/nonexistent/folder', '--all'], 2, /folder: it does not exist/],
    [['/tmp', '--id', '4711'], 2, /selection: there are no recordings in it/],
  ])('%j is refused in words', async (args, code, words) => {
    const { exitCode, err } = await type(...args);
    expect(err.join('\n')).toMatch(words);
    expect(exitCode).toBe(code);
  });
});

it('a console that is stopped meanwhile is told in words', async () => {
  const err: string[] = [];
  const client = {
    exports: {
      start: () => Promise.resolve({ id: 'x', folder: '/media/STICK/new' }),
      watch: () => Promise.reject(new TypeError('terminated')),
    },
  } as unknown as StationClient;
  const order: ExportOrder = {
    folder: '/media/STICK',
    format: 'wav',
    streams: ['raw'],
    selection: { ids: [1] },
  };
  const output = { out: () => undefined, err: (line: string) => err.push(line) };
  await expect(exportRecordings(client, order, false, output)).rejects.toThrow(AlreadySaid);
  expect(err).toEqual([
    'The console does not answer any more. What it has exported so far lies in /media/STICK/new.unfinished.',
  ]);
});
