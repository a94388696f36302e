import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connect } from '@main/database/connection';
import { dataFolderAt } from '@main/data-folder';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';
import { type TestStation, testStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

/** Nothing else in a database is called like this, and full text splits none of it. */
const WORDS = {
  file: 'hedwigsstimme',
  copy: 'hedwigskopie',
  folder: 'hedwigskarte',
  title: 'gartenfest',
  earlier: 'sommerfest',
  description: 'nachbarin',
  notes: 'telefonnummer',
  tag: 'zaungespraech',
  importTag: 'kartenwort',
};

/** Which of the words are still to be read in the database's file or in its log. */
function legible(dataDir: string): string[] {
  const { databaseFile } = dataFolderAt(dataDir);
  const bytes = [databaseFile, `${databaseFile}-wal`]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file).toString('latin1').toLowerCase());
  return Object.values(WORDS).filter((word) => bytes.some((text) => text.includes(word)));
}

/** Some hundred others with words, so that pages are split and merged as in years of use. */
function addOthers(dataDir: string, count: number): void {
  const connection = connect(dataFolderAt(dataDir).databaseFile);
  try {
    if (count > 0) insertDevice(connection, `mic-${String(count)}`);
    connection.sqlite.transaction(() => {
      for (let n = 0; n < count; n += 1) {
        insertRecording(connection, {
          device: `mic-${String(count)}`,
          title: `Dawn number ${String(n)}`,
          notes: `garden noted ${String(n * 7919)} `.repeat(1 + (n % 5)),
          originalName: `heard ${String(n)}.wav`,
        });
      }
    })();
  } finally {
    connection.sqlite.close();
  }
}

async function imported({ client }: TestStation, paths: string[]): Promise<number> {
  const { id } = await client.imports.start({ paths, options: { tags: [WORDS.importTag] } });
  // It stands behind everything else, and this machine may have much else to do.
  await vi.waitFor(async () => expect((await client.imports.get({ id })).state).toBe('done'), {
    timeout: 60_000,
    interval: 50,
  });
  return id;
}

describe('what was purged', () => {
  it('is not named in the database any more: no row, index, report, audit or free space', async () => {
    const test = await testStation();
    const { client, station, dataDir } = test;
    await station.start();
    addOthers(dataDir, 400);
    const card = join(temporaryFolder(), WORDS.folder);
    mkdirSync(card);
    const file = join(card, `${WORDS.file}.wav`);
    writeFileSync(file, plainWav(480));
    const copy = join(card, `${WORDS.copy}.wav`);
    writeFileSync(copy, plainWav(480));
    const importId = await imported(test, [file, copy]);
    const again = await imported(test, [card]);
    const [found] = (await client.recordings.list({ source: 'import' })).items;
    const { id } = found!;
    for (const title of [WORDS.earlier, WORDS.title]) {
      await client.recordings.describe({
        id,
        title: `Frau Miller, ${title}`,
        description: `die ${WORDS.description}`,
        notes: `ihre ${WORDS.notes} `.repeat(40),
      });
      addOthers(dataDir, title === WORDS.title ? 300 : 200);
    }
    const found2 = { filter: { text: WORDS.title } };
    await client.recordings.tag({ selection: found2, add: [WORDS.tag] });
    expect(legible(dataDir)).toEqual(expect.arrayContaining(Object.values(WORDS)));

    await client.recordings.discard({ selection: found2 });
    const selection = { filter: { bin: true, text: WORDS.title, tags: [WORDS.tag] } };
    const purged = await client.recordings.purge({ selection, confirm: '1', reason: 'her wish' });
    expect(purged).toMatchObject({ recordings: 1, failed: 0 });
    await soon(() => expect(legible(dataDir)).toEqual([]));

    // What was done is still told, without naming.
    for (const one of [importId, again]) {
      const report = await client.imports.items({ id: one });
      expect(report.length).toBeGreaterThan(0);
      expect(report.every(({ path }) => /^purged \d+$/.test(path))).toBe(true);
      const { files, sources } = await client.imports.get({ id: one });
      expect(files.imported + files.duplicate).toBe(2);
      expect(new Set(sources)).toEqual(new Set(['purged']));
    }
    const connection = connect(dataFolderAt(dataDir).databaseFile, { readonly: true });
    const told = connection.sqlite
      .prepare(
        "select action, subject, new_value as told from audit_log where action glob 'recordings.purge*'",
      )
      .all();
    connection.sqlite.close();
    expect(told).toMatchObject([
      { action: 'recordings.purge', subject: 'her wish' },
      { action: 'recordings.purged', subject: 'her wish' },
    ]);
    expect(JSON.parse((told[0] as { told: string }).told)).toMatchObject({
      selection: { filter: { bin: true, text: '…', tags: 1 } },
      recordings: 1,
    });
  }, 180_000);

  it('leaves the names of what else came with it', async () => {
    const test = await testStation();
    const { client, station, dataDir } = test;
    await station.start();
    const card = join(temporaryFolder(), 'card');
    mkdirSync(card);
    writeFileSync(join(card, `${WORDS.file}.wav`), plainWav(480));
    writeFileSync(join(card, 'owl.wav'), plainWav(960));
    const alone = join(card, `${WORDS.file}.wav`);
    const importId = await imported(test, [alone, card]);
    const selection = { filter: { text: WORDS.file } };
    await client.recordings.discard({ selection });
    const inBin = { filter: { ...selection.filter, bin: true } };
    await client.recordings.purge({ selection: inBin, confirm: '1', reason: 'a wish' });
    const report = await client.imports.items({ id: importId });
    expect(report.map(({ path }) => basename(path)).sort()).toEqual([
      'owl.wav',
      expect.stringMatching(/^purged \d+$/),
    ]);
    const { sources, options } = await client.imports.get({ id: importId });
    expect(sources).toEqual(['purged', card]);
    expect(options.tags).toEqual([WORDS.importTag]);
    await soon(() => expect(legible(dataDir)).toEqual([WORDS.importTag]));
  }, 180_000);
});
