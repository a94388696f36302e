import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '@main/database/connection';
import { ReadThread, type ReadThreadOptions } from '@main/recordings/read-thread';
import type { SlowStatement } from '@main/database/statement-watch';
import { spoilTable } from '../../support/damaged-file';
import { insertRecordings } from '../../support/sample-library';
import { insertDevice } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { threadUrl } from '../../support/threads';

const WORKER = threadUrl('read-worker');

function setUp(
  workerUrl = WORKER,
  options?: ReadThreadOptions,
): { connection: Connection; thread: ReadThread } {
  const connection = stationDatabase();
  connection.sqlite.pragma('synchronous = OFF');
  insertDevice(connection, 'mic');
  const thread = new ReadThread(workerUrl, connection.sqlite.name, options);
  onTestFinished(() => thread.close());
  return { connection, thread };
}

describe('the thread that reads', () => {
  it('answers what its asker has just written', async () => {
    const { connection, thread } = setUp();
    const ids = insertRecordings(connection, 3, { device: 'mic', title: 'Great tit' });
    expect(await thread.ask('count', [{ text: 'tit' }])).toBe(3);
    const page = await thread.ask('page', [{ order: 'oldest_first', limit: 2, text: 'great' }]);
    expect(page.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    insertRecordings(connection, 1, { device: 'mic', title: 'Blue tit' });
    expect(await thread.ask('count', [{ text: 'tit' }])).toBe(4);
  });

  it('answers everybody, in the order in which they asked', async () => {
    const { connection, thread } = setUp();
    insertRecordings(connection, 5, { device: 'mic' });
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (n) => {
        expect(await thread.ask('count', [{ protected: false }])).toBe(5);
        order.push(n);
      }),
    );
    expect(order).toEqual([1, 2, 3]);
    expect(thread.waiting).toBe(0);
  });

  it('hands over numbers as they lie in memory: nobody is held up by millions', async () => {
    const { connection, thread } = setUp();
    const ids = insertRecordings(connection, 3, { device: 'mic' });
    const binned = insertRecordings(connection, 2, { device: 'mic', deletedAtMs: 1 });
    const found = await thread.ask('ids', [{ filter: {} }]);
    expect(found).toBeInstanceOf(Float64Array);
    expect([...found].sort((a, b) => a - b)).toEqual(ids);
    const purgeable = await thread.ask('purgeable', [{ filter: { bin: true } }]);
    expect(purgeable).toEqual(Float64Array.from(binned));
  });

  it('tells of statements that took long, with their plan and without words of anybody', async () => {
    const slow: SlowStatement[] = [];
    const { thread } = setUp(WORKER, { slowMs: -1, onSlow: (one) => slow.push(one) });
    await thread.ask('count', [{ text: 'secret' }]);
    const count = slow.find(({ sql }) => sql.startsWith('select count(*)'));
    expect(count).toMatchObject({ times: 1 });
    expect(slow.some(({ plan }) => plan.includes('recordings_fts'))).toBe(true);
    expect(JSON.stringify(slow)).not.toContain('secret');
  });

  it('cannot write', async () => {
    const { connection, thread } = setUp();
    insertRecordings(connection, 2, { device: 'mic' });
    await thread.ask('count', [{ protected: false }]);
    // Whoever writes is not kept waiting by it either.
    connection.sqlite.exec('delete from recordings');
    expect(await thread.ask('count', [{ protected: false }])).toBe(0);
  });

  it('tells what went wrong, and goes on', async () => {
    const { connection, thread } = setUp();
    await expect(
      thread.ask('days', [{}, { timezone: 'Nowhere', from: '2026-05-01', to: '2026-05-01' }]),
    ).rejects.toThrow(/Nowhere/);
    insertRecordings(connection, 1, { device: 'mic' });
    expect(await thread.ask('count', [{ protected: false }])).toBe(1);
  });

  it('does not begin what nobody waits for any more', async () => {
    const { thread } = setUp();
    const first = thread.ask('count', [{ protected: false }]);
    const abort = new AbortController();
    const second = thread.ask('count', [{ protected: true }], abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    expect(thread.waiting).toBe(1);
    expect(await first).toBe(0);
    const late = thread.ask('count', [{ protected: true }], AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('answers the next one at once when nobody waits for the present one any more', async () => {
    const { connection, thread } = setUp();
    insertRecordings(connection, 20_000, { device: 'mic' });
    const abort = new AbortController();
    await thread.ask('tags', []); // it runs
    // All of them in order of nothing that an index knows: the longest question there is.
    const long = thread.ask(
      'days',
      [{ protected: false }, { timezone: 'UTC', from: '1970-01-01', to: '2026-12-31' }],
      abort.signal,
    );
    abort.abort();
    await expect(long).rejects.toMatchObject({ name: 'AbortError' });
    expect(thread.waiting).toBe(0);
    expect(await thread.ask('tags', [])).toEqual([]);
  });

  it('is made anew when it died, and only the one that it died of is told', async () => {
    // Dies of every question but those for tags.
    const code = `
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ id, method }) => {
        if (method !== 'tags') throw new Error('shot');
        parentPort.postMessage({ id, value: [] });
      });`;
    const { thread } = setUp(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const [shot, after] = await Promise.allSettled([
      thread.ask('count', [{}]),
      thread.ask('tags', []),
    ]);
    expect(shot).toMatchObject({ status: 'rejected', reason: { message: 'shot' } });
    expect(after).toMatchObject({ status: 'fulfilled', value: [] });
  });

  it('tells of damage that it meets, with what SQLite calls it, and not of what else goes wrong', async () => {
    const told: string[] = [];
    const { connection, thread } = setUp(WORKER, {
      onError: (error) => told.push(error.code),
    });
    insertRecordings(connection, 3, { device: 'mic', title: 'Great tit' });
    await expect(
      thread.ask('days', [{}, { timezone: 'Nowhere', from: '2026-05-01', to: '2026-05-01' }]),
    ).rejects.toThrow(/Nowhere/);
    expect(told).not.toContainEqual(expect.stringMatching(/^SQLITE/));
    spoilTable(connection.sqlite.name, 'recordings_fts_data');
    await expect(thread.ask('count', [{ text: 'tit' }])).rejects.toThrow(/malformed|corrupt/);
    expect(told.at(-1)).toMatch(/^SQLITE_CORRUPT/);
    // And goes on: what lies elsewhere can be read.
    expect(await thread.ask('tags', [])).toEqual([]);
  });

  it('tells everybody who still waits when it is closed, and starts nothing any more', async () => {
    const { thread } = setUp();
    const waiting = [thread.ask('tags', []), thread.ask('tags', [])];
    const told = Promise.allSettled(waiting);
    await thread.close();
    for (const one of await told) {
      expect(one).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
    await expect(thread.ask('tags', [])).rejects.toMatchObject({ name: 'AbortError' });
  });
});
