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
    .mocked(fs.readdir)
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
    expect(await changed(new Sweep(dir), false)).toEqual([
      { workspace: 'a', names: { raw: ['1.wav'], processed: [] } },
      { workspace: 'b', names: { raw: [], processed: [] } },
    ]);
  });

  it('lists no folder that has not changed', async () => {
    const dir = recorderDir('a', 'b');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    vi.mocked(fs.readdir).mockClear();
    expect(await changed(sweep, false)).toEqual([]);
    expect(listed()).toEqual([]);
  });

  it('lists only the workspace in which something changed', async () => {
    const dir = recorderDir('a', 'b');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    vi.mocked(fs.readdir).mockClear();
    writeFileSync(join(dir, 'b/data/processed/1.wav'), '');
    utimesSync(join(dir, 'b/data/processed'), 5, 5); // whatever the grain of this disk's clock
    expect(await changed(sweep, false)).toEqual([
      { workspace: 'b', names: { raw: [], processed: ['1.wav'] } },
    ]);
    expect(listed().every((path) => path.startsWith(join(dir, 'b')))).toBe(true);
  });

  it('lists all of them when it is to be thorough', async () => {
    const dir = recorderDir('a', 'b');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    expect(await changed(sweep, true)).toHaveLength(2);
  });

  it('finds a workspace that was not there before', async () => {
    const dir = recorderDir('a');
    const sweep = new Sweep(dir);
    await changed(sweep, true);
    mkdirSync(join(dir, 'new/data/raw'), { recursive: true });
    expect((await changed(sweep, false)).map((listing) => listing.workspace)).toEqual(['new']);
  });

  it('finds nothing where nothing is', async () => {
    expect(await changed(new Sweep(join(temporaryFolder(), 'gone')), true)).toEqual([]);
  });
});
