import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '@main/database/connection';
import { commandLine } from '../../support/command-line';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { temporaryFolder } from '../../support/temporary-folder';
import { openTestStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

/** A station with recordings that no console runs on. @returns its folder, and ids and files of them */
async function stationWithRecordings(count: number) {
  const dataDir = temporaryFolder();
  const { station } = await openTestStation({ dataDir });
  await station.stop();
  const connection = connect(join(dataDir, 'station.db'));
  insertDevice(connection, 'mic');
  const content = plainWav(4800);
  const recordings = Array.from({ length: count }, (_, sequence) => {
    const rawPath = `recorder/mic/data/raw/2026-05-01T12-00-00Z_0.100s_aaaaaaaa_0000000${String(sequence)}.wav`;
    const file = join(dataDir, rawPath);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const rawSha256 = createHash('sha256').update(content).digest('hex');
    const row = { device: 'mic', rawPath, rawSha256, runId: 'aaaaaaaa', sequence };
    return { id: insertRecording(connection, row), file };
  });
  connection.sqlite.close();
  return { dataDir, recordings };
}

function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes[100]! ^= 1;
  writeFileSync(file, bytes);
}

describe('station verify', () => {
  it('ends with 0 where every file is what was recorded, with 1 where one is not, and names it', async () => {
    const { dataDir, recordings } = await stationWithRecordings(3);
    const all = ['verify', '--all', '--data', dataDir];
    expect(await commandLine(all)).toEqual({
      exitCode: 0,
      out: ['3 files compared: all are what was recorded'],
      err: [],
    });
    const { id, file } = recordings[1]!;
    damage(file);
    const { exitCode, out, err } = await commandLine(all);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: [] });
    expect(out).toHaveLength(2);
    expect(out[0]).toMatch(
      new RegExp(
        `^${String(id)} recorder/mic/data/raw/.*: CORRUPT: recorded [0-9a-f]{64}, now [0-9a-f]{64}; read twice`,
      ),
    );
    expect(out[1]).toBe('3 files compared: 1 NOT WHAT WAS RECORDED');

    const status = await commandLine(['verify', '--data', dataDir]);
    expect(status).toEqual({
      exitCode: 1,
      out: ['Not reading: No console runs.', '1 corrupt, 0 missing, 0 unreadable'],
      err: [],
    });
  });

  it('reads only the recordings that it is given, and tells every file as JSON', async () => {
    const { dataDir, recordings } = await stationWithRecordings(3);
    damage(recordings[0]!.file);
    const ids = recordings.slice(1).map(({ id }) => String(id));
    const { exitCode, out } = await commandLine(['verify', ...ids, '--json', '--data', dataDir]);
    expect(exitCode).toBe(0);
    expect(out.map((line) => JSON.parse(line) as object)).toMatchObject([
      { recordingId: recordings[1]!.id, result: 'ok' },
      { recordingId: recordings[2]!.id, result: 'ok' },
    ]);
  });

  it.each([
    [['4711'], 1],
    [['x'], 2],
    [['0'], 2],
    [['1', '--all'], 2],
    [['--pause', '--resume'], 2],
  ])('ends %o with %i', async (args, expected) => {
    const { dataDir } = await stationWithRecordings(1);
    const { exitCode, err } = await commandLine(['verify', ...args, '--data', dataDir]);
    expect(exitCode).toBe(expected);
    expect(err).not.toEqual([]);
  });
});

describe('station audit', () => {
  it('marks what is gone, refuses where most is, and is told that it is really gone', async () => {
    const { dataDir, recordings } = await stationWithRecordings(3);
    rmSync(recordings[0]!.file);
    const audit = ['audit', '--data', dataDir];
    expect(await commandLine(audit)).toEqual({
      exitCode: 0,
      out: [
        '3 recordings compared with the files: 1 marked as missing, 0 here again, 0 found without a row',
      ],
      err: [],
    });
    for (const { file } of recordings.slice(1)) rmSync(file);
    const refused = await commandLine(audit);
    expect(refused.exitCode).toBe(1);
    expect(refused.out[1]).toBe(
      'REFUSED: 2 of 2 recordings have no file here: nothing was marked. Is another disk mounted, or not all of it?',
    );
    const accepted = await commandLine([...audit, '--accept-loss', '--json']);
    expect(JSON.parse(accepted.out[0]!)).toEqual({
      refused: null,
      rows: 2,
      markedMissing: 2,
      healed: 0,
      registered: 0,
    });
    expect(accepted.exitCode).toBe(0);
  });
});
