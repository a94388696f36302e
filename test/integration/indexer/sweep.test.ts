import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Listing, Sweep } from '@main/indexer/sweep';
import { temporaryFolder } from '../../support/temporary-folder';

vi.mock('node:fs/promises', { spy: true });

/** The folders below `data/` that were listed since. */
const listed = (): string[] =>
  vi
    .mocked(fs.opendir)
    .mock.calls.map(([path]) => String(path))
    .filter((path) => path.includes('/data/'));

async function changed(sweep: Sweep, thorough: boolean): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of sweep.changed(thorough)) listings.push(listing);
  return listings;
}

function recorderDir(...workspaces: string[]): string {
  const dir = temporaryFolder();
  for (const workspace of workspaces) {
    for (const stream of ['raw', 'processed']) {
      mkdirSync(join(dir, workspace, 'data', stream), { recursive: true });
    }
  }
  return dir;
}

describe('a sweep', () => {
  it('lists every folder the first time', async () => {
    const dir = recorderDir('a', 'b');
    writeFileSync(join(dir, 'a/data/raw/1.wav'), '');
    writeFileSync(join(dir, 'a/data/raw/1.txt'), '');
    writeFileSync(join(dir, 'b/data/processed/2.wav'), '');
    expect(await changed(new Sweep(dir), false)).toEqual([
      { workspace: 'a', stream: 'raw', names: ['1.wav'] },
      { workspace: 'b', stream: 'processed', names: ['2.wav'] },
    ]);
    expect(listed()).toHaveLength(4);
  });

  it('lists no folder that has not changed', async () => {
    const dir = recorderDir('a', 'b');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    vi.mocked(fs.opendir).mockClear();
    expect(await changed(sweep, false)).toEqual([]);
    expect(listed()).toEqual([]);
  });

  it('lists only the folder in which something changed', async () => {
    const dir = recorderDir('a', 'b');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    vi.mocked(fs.opendir).mockClear();
    writeFileSync(join(dir, 'b/data/processed/1.wav'), '');
    utimesSync(join(dir, 'b/data/processed'), 5, 5); // whatever the grain of this disk's clock
    expect(await changed(sweep, false)).toEqual([
      { workspace: 'b', stream: 'processed', names: ['1.wav'] },
    ]);
    expect(listed()).toEqual([join(dir, 'b/data/processed')]);
  });

  it('lists all of them when it is to be thorough', async () => {
    const dir = recorderDir('a', 'b');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    vi.mocked(fs.opendir).mockClear();
    await changed(sweep, true);
    expect(listed()).toHaveLength(4);
  });

  it('finds a workspace that was not there before', async () => {
    const dir = recorderDir('a');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    mkdirSync(join(dir, 'new/data/raw'), { recursive: true });
    writeFileSync(join(dir, 'new/data/raw/1.wav'), '');
    expect((await changed(sweep, false)).map((listing) => listing.workspace)).toEqual(['new']);
  });

  it('tells the names of a large folder in parts, and each of them once', async () => {
    const dir = recorderDir('a');
    const names = Array.from({ length: 501 }, (_, i) => `${String(i)}.wav`);
    for (const name of names) writeFileSync(join(dir, 'a/data/raw', name), '');
    const listings = await changed(new Sweep(dir), false);
    expect(listings.map((listing) => listing.names.length)).toEqual([200, 200, 101]);
    expect(new Set(listings.flatMap((listing) => listing.names))).toEqual(new Set(names));
  });

  it('lists a folder anew that was not read to its end', async () => {
    const dir = recorderDir('a');
    for (let i = 0; i < 1001; i += 1) writeFileSync(join(dir, `a/data/raw/${String(i)}.wav`), '');
    const sweep = new Sweep(dir);
    for await (const listing of sweep.changed(false)) {
      expect(listing.names).toHaveLength(200);
      break;
    }
    const listings = await changed(sweep, false);
    expect(listings.flatMap((listing) => listing.names)).toHaveLength(1001);
  });

  it('looks through every folder now and then whatever its time says', async () => {
    const dir = recorderDir('a');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    writeFileSync(join(dir, 'a/data/raw/1.wav'), '');
    sweep.acknowledge('a'); // as if its time told nothing
    let sweeps = 0;
    while ((await changed(sweep, false)).length === 0) sweeps += 1;
    expect(sweeps).toBe(29);
  });

  it('finds nothing where nothing is', async () => {
    expect(await changed(new Sweep(join(temporaryFolder(), 'gone')), true)).toEqual([]);
  });
});
