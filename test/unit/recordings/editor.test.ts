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
  const editor = new RecordingEditor({
    connection,
    clock: new FakeClock(NOW),
    bus,
    ids: (selection: Selection) => Promise.resolve(search.ids(selection)),
    get: (id) => search.byIds([id])[0] ?? null,
  });
  const ids = insertRecordings(connection, 4, { device: 'mic', timeMs: NOW });
  return { connection, search, editor, told, ids };
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
    expect(await editor.tag(all, ['bat', 'owl'], [])).toEqual({ changed: 4 });
    expect(await editor.tag(all, ['bat'], [])).toEqual({ changed: 0 });
    expect(await editor.tag({ ids: ids.slice(0, 1) }, [], ['owl'])).toEqual({ changed: 1 });
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
    expect(await editor.protect({ filter: {} }, true)).toEqual({ changed: 3004 });
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
