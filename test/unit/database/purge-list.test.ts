import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Identity, identityHash, PurgeList } from '@main/database/purge-list';
import { temporaryFolder } from '../../support/temporary-folder';

const purge = (id: number, atMs = id) => ({ atMs, id, hash: id.toString(16).padStart(32, '0') });
const listAt = () => {
  const file = join(temporaryFolder(), 'station.db');
  return { list: new PurgeList(file), file: `${file}.purged` };
};

describe('the list of what was purged', () => {
  it('is empty where nothing was, and holds all in its order', async () => {
    const { list, file } = listAt();
    expect([await list.last(), await list.all()]).toEqual([null, []]);
    await Promise.all([list.add([purge(3), purge(1)]), list.add([purge(2)])]);
    expect(await list.all()).toEqual([purge(3), purge(1), purge(2)]);
    expect(await list.last()).toEqual(purge(2));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('passes over a line that a power cut has torn, and no other', async () => {
    const { list, file } = listAt();
    await list.add([purge(1)]);
    appendFileSync(file, '12345 6 abc');
    expect(await list.last()).toEqual(purge(1));
    await list.add([purge(2)]);
    expect(await list.all()).toEqual([purge(1), purge(2)]);
  });

  it('lets go of its older part, but never of the last, nor of what a wrong clock dated among others', async () => {
    const { list } = listAt();
    await list.add([purge(10), purge(20), purge(5), purge(30)]);
    await list.forgetBefore(20);
    expect((await list.all()).map(({ id }) => id)).toEqual([20, 5, 30]);
    await list.forgetBefore(99);
    expect((await list.all()).map(({ id }) => id)).toEqual([30]);
  });

  it('names nobody', async () => {
    const { list, file } = listAt();
    const path = 'imported/ab/hedwig.wav';
    const row: Identity = {
      device: 'hedwig',
      run_id: null,
      sequence: null,
      raw_path: path,
      processed_path: null,
    };
    await list.add([{ ...purge(1), hash: identityHash(row) }]);
    expect(readFileSync(file, 'utf8')).not.toContain('hedwig');
  });
});

describe('a recording', () => {
  const row: Identity = {
    device: 'mic',
    run_id: 'aaaaaaaa',
    sequence: 1,
    raw_path: 'a',
    processed_path: 'b',
  };

  it('of a run is the same under another name', () => {
    expect(identityHash({ ...row, raw_path: 'c', processed_path: null })).toBe(identityHash(row));
  });

  it.each([{ device: 'bat' }, { run_id: 'bbbbbbbb' }, { sequence: 2 }, { run_id: null }])(
    'is another one with %o',
    (change) => {
      expect(identityHash({ ...row, ...change })).not.toBe(identityHash(row));
    },
  );
});
