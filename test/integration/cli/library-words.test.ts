import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Recording } from '@shared/model/recording';
import { connect } from '@main/database/connection';
import { commandLine, type Said } from '../../support/command-line';
import { soundOf } from '../../support/import-bench';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

const LONG = `${'x'.repeat(190)}.txt`;

/** A station on which no console runs, with two recordings from a card. */
async function library(): Promise<{
  dataDir: string;
  typed: (...words: string[]) => Promise<Said>;
  imported: Said;
}> {
  const { station, dataDir } = await testStation();
  await station.stop();
  const card = temporaryFolder();
  writeFileSync(join(card, '20210815_203000.WAV'), soundOf(1));
  writeFileSync(join(card, '20210815_204000.WAV'), soundOf(2));
  writeFileSync(join(card, LONG), 'no sound');
  const typed = (...words: string[]): Promise<Said> => commandLine([...words, '--data', dataDir]);
  return { dataDir, typed, imported: await typed('import', card) };
}

const refused = (words: string): object => ({
  exitCode: 2,
  out: [],
  err: [expect.stringContaining(words) as string],
});

describe('what a card was recorded with', () => {
  it('is no microphone: it is neither listed nor switched, and nothing is written of it', async () => {
    const { typed } = await library();
    expect((await typed('devices')).out).toHaveLength(1); // headings
    for (const words of [
      ['start', 'imported'],
      ['stop', 'imported'],
      ['pause', 'imported', '--for', '1h'],
      ['resume', 'imported'],
      ['schedule', 'imported', 'always'],
      ['ignore', 'imported'],
    ]) {
      const { exitCode, err } = await typed(...words);
      expect([exitCode, err]).toEqual([
        1,
        ['"imported" is no microphone of this station: its recordings were imported.'],
      ]);
    }
    expect(await typed('schedule', 'imported')).toMatchObject({ exitCode: 1 });
    expect((await typed('alerts', '--all')).out.join()).not.toContain('imported');
  });
});

describe('recordings that are named', () => {
  it('and are not there make a command fail, and are told; the rest is done', async () => {
    const { typed } = await library();
    const missing = { exitCode: 1, err: ['There is no recording 9999.'] };
    expect(await typed('tag', 'owl', '--id', '1', '--id', '9999')).toEqual({
      ...missing,
      out: ['1 recording changed.'],
    });
    expect(await typed('protect', '--id', '9999')).toMatchObject(missing);
    expect(await typed('recordings', '--id', '9999')).toMatchObject(missing);
    expect(await typed('restore', '--id', '9999')).toMatchObject(missing);
    expect(await typed('purge', '--id', '9999', '--yes', '1')).toMatchObject(missing);
    // Done is done: what was so before is no failure.
    expect(await typed('tag', 'owl', '--id', '1')).toMatchObject({ exitCode: 0, err: [] });
    expect(await typed('protect', '--id', '1')).toMatchObject({ exitCode: 0 });
    expect(await typed('discard', '--id', '1')).toMatchObject({ exitCode: 1 });
    expect(await typed('discard', '--device', 'imported')).toMatchObject({ exitCode: 0 });
    expect(await typed('purge', '--id', '2', '--yes', '1')).toMatchObject({ exitCode: 0 });
    expect(await typed('purge', '--id', '2', '--yes', '1')).toMatchObject({
      exitCode: 1,
      err: ['There is no recording 2.'],
    });
  });

  it('are shown with what they were called, their tags and what is out of the ordinary', async () => {
    const { typed } = await library();
    await typed('tag', 'owl', '--id', '1');
    await typed('protect', '--id', '1');
    const described = await typed('describe', '1', '--title', 'Tawny', '--notes', 'by the lake');
    expect(described).toMatchObject({
      exitCode: 0,
      out: ['title: Tawny', 'description: -', 'notes: by the lake'],
    });
    const { out } = await typed('recordings', '--id', '1');
    expect(out[1]).toMatch(/Tawny · 20210815_203000\.WAV +owl +protected +imported\//);
    expect(out.at(-1)).toBe('1 of 1 recording');
    const json = await typed('recordings', '--id', '1', '--json');
    const { items } = JSON.parse(json.out[0]!) as { items: Recording[] };
    expect(items).toMatchObject([{ id: 1, title: 'Tawny', notes: 'by the lake' }]);
    expect(await typed('describe', '1', '--title', '')).toMatchObject({
      out: ['title: -', 'description: -', 'notes: by the lake'],
    });
    expect(await typed('describe', '9', '--title', 'x')).toMatchObject({ exitCode: 1 });
    expect(await typed('describe', '1')).toEqual(refused('Say what to write'));
    expect(await typed('recordings', '--id', '1', '--protected')).toMatchObject({ exitCode: 2 });
  });
});

describe('an import', () => {
  it('tells in its report what it leaves out, and a long name does not push every line', async () => {
    const { imported, typed } = await library();
    expect(imported.exitCode).toBe(0);
    expect(imported.out.at(-2)).toBe(
      '2 imported without a remark are not listed; --json tells of all.',
    );
    expect(imported.out.find((line) => line.startsWith('STATE'))).toMatch(/^STATE {4}FILE {2}WHY$/);
    expect((await typed('import', '--report', '1')).out).toEqual(
      imported.out.filter((line) => !line.startsWith('Looking')).slice(-4),
    );
    expect(await typed('import', '--report', '7')).toMatchObject({ exitCode: 1 });
  });

  it('that finds nothing has not done what was asked', async () => {
    const { typed } = await library();
    const { exitCode, out } = await typed('import', temporaryFolder());
    expect([exitCode, out.at(-1)]).toEqual([1, 'Import 2 is done: no files found.']);
  });

  it('that waits for a console is told, and can be cancelled without one', async () => {
    const { dataDir, typed } = await library();
    const { sqlite } = connect(join(dataDir, 'station.db'));
    // As a killed console leaves it.
    sqlite.exec("update imports set state = 'copying', finished_at_ms = null");
    sqlite.close();
    expect((await typed('import', '--status')).out).toEqual([
      'Import 1 rests: 2 imported, 1 not usable. It goes on with the next console.',
    ]);
    const cancelled = await typed('import', '--cancel');
    expect([cancelled.exitCode, cancelled.out[0]]).toEqual([
      0,
      expect.stringContaining('Import 1 was cancelled: 2 imported'),
    ]);
    expect(await typed('import', '--cancel')).toMatchObject({
      exitCode: 1,
      err: ['No import goes on, and none waits.'],
    });
    expect((await typed('import', '--status')).out[0]).toContain('was cancelled');
  });

  it('says what cannot be in words that a person has typed', async () => {
    const { typed } = await library();
    const card = temporaryFolder();
    const nowhere = join(card, 'nowhere');
    expect((await typed('import', nowhere)).err).toEqual([`${nowhere} does not exist`]);
    expect((await typed('import', card, '--timezone', 'No/Zone')).err).toEqual([
      'No/Zone is no time zone',
    ]);
    expect((await typed('import', card, '--device', '')).err.join()).toContain(
      'Expected the name of a microphone',
    );
    expect(await typed('tag', 'owl', '', '--id', '1')).toEqual(refused('"" is no tag'));
    expect(await typed('import')).toEqual(refused('Say one of these'));
    expect(await typed('import', card, '--status')).toEqual(refused('Say one of these'));
  });
});

describe('an export', () => {
  it('of a kind of file that no recording has is refused, and nothing is left of it', async () => {
    const { typed } = await library();
    const target = temporaryFolder();
    const { exitCode, err } = await typed('export', target, '--id', '1', '--stream', 'processed');
    expect([exitCode, err.join()]).toEqual([2, expect.stringContaining('has a processed file')]);
    expect((await typed('export', '/proc', '--id', '1')).err.join()).toContain(
      'no folder can be made there',
    );
  });
});

describe('a folder whose database is gone', () => {
  it('is not said to hold no station', async () => {
    const { dataDir, typed } = await library();
    for (const name of ['station.db', 'station.db-wal', 'station.db-shm', 'backups']) {
      rmSync(join(dataDir, name), { recursive: true, force: true });
    }
    const { exitCode, err } = await typed('status');
    expect([exitCode, err.join()]).toEqual([
      1,
      expect.stringContaining('is missing; its recordings are there still'),
    ]);
    const none = await commandLine(['status', '--data', temporaryFolder()]);
    expect(none.err.join()).toContain('There is no station in');
  });
});

describe('a question that puts an older copy in the place of a lost database', () => {
  it('says so, of when the copy is, what is lost, and does not guess how the console ended', async () => {
    const { station, dataDir, client } = await testStation();
    await station.start();
    await client.database.backUp();
    await station.stop();
    for (const name of ['station.db-wal', 'station.db-shm']) {
      rmSync(join(dataDir, name), { force: true });
    }
    truncateSync(join(dataDir, 'station.db'));
    // A command that changes nothing may look all the same.
    const said = await commandLine(['database', '--data', dataDir]);
    expect(said.exitCode).toBe(0);
    expect(said.err.join()).toMatch(/restored from station_\S+\.db, a copy of \d{4}-\S+Z/);
    expect(said.err.join()).toContain('What was changed since is lost: tags, texts, protection');
    const status = await commandLine(['status', '--data', dataDir]);
    expect(status.err).toEqual([]);
    expect(status.out[1]).toContain('how it ended is not known');
    expect(status.out.join()).not.toContain('UNASKED');
  });
});
