import { describe, expect, it } from 'vitest';
import type { Selection } from '@shared/model/recording';
import { createEventBus } from '@main/events/bus';
import { RecordingEditor } from '@main/recordings/editor';
import { RecordingSearch } from '@main/recordings/search';
import { NotFoundError } from '@main/request-error';
import { FakeClock } from '../../support/fake-clock';
import { insertRecordings } from '../../support/sample-library';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const NOW = Date.UTC(2026, 4, 1, 12);

function setUp() {
  const connection = stationDatabase();
  connection.sqlite.pragma('synchronous = OFF');
  insertDevice(connection, 'mic');
  const search = new RecordingSearch(connection.sqlite);
  const bus = createEventBus();
  const told: number[] = [];
  bus.on('recordings.changed', ({ recordings }) => told.push(recordings));
  const clock = new FakeClock(NOW);
  const editor = new RecordingEditor({
    connection,
    clock,
    bus,
    ids: (selection: Selection) => Promise.resolve(search.ids(selection)),
    get: (id) => search.byIds([id])[0] ?? null,
  });
  const ids = insertRecordings(connection, 4, { device: 'mic', timeMs: NOW });
  return { connection, clock, search, editor, told, ids };
}

describe('a description', () => {
  it('changes what is given, empties what is null, leaves the rest', () => {
    const { editor, ids, told } = setUp();
    const [id] = ids;
    editor.describe(id!, { title: 'Owl', notes: 'a note', description: 'text' });
    const after = editor.describe(id!, { title: null, notes: '' });
    expect(after).toMatchObject({ title: null, description: 'text', notes: null });
    expect(told).toEqual([1, 1]);
  });

  it('that says nothing changes nothing', () => {
    const { editor, ids, told } = setUp();
    expect(editor.describe(ids[0]!, {})).toMatchObject({ id: ids[0] });
    expect(told).toEqual([]);
  });

  it('of a recording that is not there is refused', () => {
    const { editor, told } = setUp();
    expect(() => editor.describe(4711, { title: 'x' })).toThrow(NotFoundError);
    expect(told).toEqual([]);
  });
});

describe('tags', () => {
  it('are put on and taken off, and only what was not so before counts', async () => {
    const { editor, search, ids } = setUp();
    const all = { ids };
    expect(await editor.tag(all, ['bat', 'owl'], [])).toMatchObject({ changed: 4 });
    expect(await editor.tag(all, ['bat'], [])).toEqual({ changed: 0, change: null });
    expect(await editor.tag({ ids: ids.slice(0, 1) }, [], ['owl'])).toMatchObject({ changed: 1 });
    expect(search.tags()).toEqual([
      { name: 'bat', recordings: 4 },
      { name: 'owl', recordings: 3 },
    ]);
    expect(search.byIds([ids[0]!])[0]!.tags).toEqual(['bat']);
  });

  it('that nothing bears are forgotten', async () => {
    const { connection, editor, ids } = setUp();
    await editor.tag({ ids: ids.slice(0, 1) }, ['bat'], []);
    await editor.tag({ filter: {} }, [], ['bat', 'never']);
    await editor.tag({ ids: [4711] }, ['ghost'], []);
    expect(connection.sqlite.prepare('select * from tags').all()).toEqual([]);
  });

  it('put on and taken off in one breath are put on', async () => {
    const { editor, search, ids } = setUp();
    await editor.tag({ ids }, ['bat'], ['bat']);
    expect(search.tags()).toEqual([{ name: 'bat', recordings: 4 }]);
  });
});

describe('a change of many recordings', () => {
  const tagsOf = ({ search, ids }: ReturnType<typeof setUp>) =>
    ids.map((id) => search.byIds([id])[0]!.tags);

  it('is taken back for those that it changed, and for no others', async () => {
    const library = setUp();
    const { editor, ids, search } = library;
    await editor.tag({ ids: ids.slice(0, 2) }, ['bat'], []);
    await editor.tag({ ids: ids.slice(1, 3) }, ['owl'], []);
    const before = tagsOf(library);
    const done = await editor.tag({ filter: {} }, ['bat', 'rain'], ['owl']);
    expect(done.changed).toBe(4);
    expect(tagsOf(library)).toEqual(ids.map(() => ['bat', 'rain']));

    expect(await editor.undo(done.change!)).toEqual({ changed: 4 });
    expect(tagsOf(library)).toEqual(before);
    expect(search.tags().map(({ name }) => name)).toEqual(['bat', 'owl']);
  });

  it('that protects leaves protected what was so before', async () => {
    const { editor, ids, search } = setUp();
    await editor.protect({ ids: ids.slice(0, 1) }, true);
    const done = await editor.protect({ filter: {} }, true);
    expect(await editor.undo(done.change!)).toEqual({ changed: 3 });
    expect(search.ids({ filter: { protected: true } })).toEqual(ids.slice(0, 1));

    const other = await editor.protect({ filter: {} }, false);
    expect(await editor.undo(other.change!)).toEqual({ changed: 1 });
    expect(search.ids({ filter: { protected: true } })).toEqual(ids.slice(0, 1));
  });

  it('is taken back once, and for ten minutes only', async () => {
    const { clock, editor } = setUp();
    const first = await editor.protect({ filter: {} }, true);
    await editor.undo(first.change!);
    await expect(editor.undo(first.change!)).rejects.toThrow(NotFoundError);
    const second = await editor.protect({ filter: {} }, true);
    await clock.advance(10 * 60_000);
    await expect(editor.undo(second.change!)).rejects.toThrow(NotFoundError);
  });

  it('is remembered with the four before it', async () => {
    const { editor, ids } = setUp();
    const changes: string[] = [];
    for (let n = 0; n < 6; n += 1)
      changes.push((await editor.tag({ ids }, [`tag ${String(n)}`], [])).change!);
    await expect(editor.undo(changes[0]!)).rejects.toThrow(NotFoundError);
    for (const change of changes.slice(1))
      expect(await editor.undo(change)).toEqual({ changed: 4 });
  });
});

describe('the bin', () => {
  it('takes what is not protected, once, and gives it back', async () => {
    const { editor, search, ids, told } = setUp();
    const [first, ...others] = ids;
    await editor.protect({ ids: [first!] }, true);
    expect(await editor.discard({ filter: {} })).toEqual({
      changed: 3,
      protected: 1,
      at: '2026-05-01T12:00:00.000Z',
    });
    expect(search.ids({ filter: {} })).toEqual([first]);
    expect(search.count({})).toBe(1);
    expect(search.byIds([others[0]!])[0]!.deletedAt).toBe('2026-05-01T12:00:00.000Z');
    expect(await editor.discard({ ids })).toMatchObject({ changed: 0, protected: 1 });
    expect(await editor.restore({ filter: { bin: true } })).toEqual({ changed: 3 });
    expect(await editor.restore({ ids })).toEqual({ changed: 0 });
    expect(search.count({})).toBe(4);
    expect(told).toEqual([1, 3, 3]);
  });

  it('gives back what one act put there, and not what another did in the same millisecond', async () => {
    const { editor, search, ids } = setUp();
    const first = await editor.discard({ ids: ids.slice(0, 2) });
    const second = await editor.discard({ ids: ids.slice(2) });
    expect(second.at).not.toBe(first.at);
    expect(await editor.restore({ filter: { bin: true } }, second.at)).toEqual({ changed: 2 });
    expect([...search.ids({ filter: {} })].sort()).toEqual(ids.slice(2).sort());
  });
});

describe('a large selection', () => {
  it('is changed in slices, with everybody else’s turn in between', async () => {
    const { connection, editor } = setUp();
    insertRecordings(connection, 3000, { device: 'mic', timeMs: NOW });
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    expect(await editor.protect({ filter: {} }, true)).toMatchObject({ changed: 3004 });
    isOver = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('that fails on the way has told of what was done', async () => {
    const { connection, editor, search, told } = setUp();
    insertRecordings(connection, 1500, { device: 'mic', timeMs: NOW });
    connection.sqlite.exec(`create trigger fails before update on recordings when new.id = 1400
      begin select raise(abort, 'the disk is full'); end`);
    await expect(editor.discard({ filter: {} })).rejects.toThrow('the disk is full');
    const discarded = search.count({ bin: true });
    expect(discarded).toBeGreaterThan(0);
    expect(discarded).toBeLessThan(1400);
    expect(told).toEqual([discarded]);
    expect(search.count({})).toBe(1504 - discarded);
  });
});

it('a recording that came while others were chosen is left alone', async () => {
  const { connection, editor, search, ids } = setUp();
  const done = editor.discard({ ids });
  const late = insertRecording(connection, { device: 'mic' });
  await done;
  expect(search.ids({ filter: {} })).toEqual([late]);
});
