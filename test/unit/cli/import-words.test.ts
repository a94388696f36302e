import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetch } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { Import, ImportState } from '@shared/model/import';
import { AlreadySaid } from '@main/cli/already-said';
import { importFiles } from '@main/cli/import-files';
import { importInBrief } from '@main/cli/import-words';
import { isLineBroken } from '@main/cli/line-broken';
import { showStatus } from '@main/cli/queries';
import { sampleSnapshot } from '../../support/sample-snapshot';

const sample = (state: ImportState): Import => ({
  id: 8,
  sources: ['/media/card'],
  options: { tags: [] },
  state,
  createdAt: '2026-05-01T12:00:00.000Z',
  finishedAt: null,
  problem: null,
  files: { waiting: 3, imported: 1, repaired: 0, duplicate: 0, in_bin: 0, refused: 0, failed: 0 },
  totalBytes: 4e6,
  doneBytes: 1e6,
  bytesPerS: null,
  secondsLeft: null,
  current: null,
});

describe('an import in a line', () => {
  it.each<[ImportState, boolean, RegExp]>([
    ['copying', true, /^Import 8 goes on: 1 of 4 files, 1\.0 MB of 4\.0 MB$/],
    ['paused', true, /^Import 8 waits its turn: /],
    ['copying', false, /^Import 8 rests: .*3 not looked at\. It goes on with the next console\.$/],
    ['done', false, /^Import 8 is done: /],
  ])('%s, a console runs: %s', (state, isRunning, words) => {
    expect(importInBrief(sample(state), isRunning)).toMatch(words);
  });

  it('stands in the status while it goes on', async () => {
    const counters = { running_import: 8, waiting_count: 3 };
    const services = [{ name: 'importing', state: 'ok' as const, details: '', counters }];
    const client = { station: { snapshot: () => Promise.resolve(sampleSnapshot({ services })) } };
    const lines: string[] = [];
    await showStatus(client as unknown as StationClient, false, {
      out: (line) => lines.push(line),
      err: () => undefined,
    });
    expect(lines).toContain('import 8 goes on, 3 files to go: see "import --status"');
  });
});

describe('a console that ends in the middle of an answer', () => {
  it('is known by what the line says then, and nothing else is taken for it', async () => {
    const server = createServer((_, response) => {
      response.write('half an answer', () => response.destroy());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const torn = await fetch(url)
      .then((response) => response.text())
      .catch((error: unknown) => error);
    await new Promise((closed) => server.close(closed));
    const gone = await fetch(url).catch((error: unknown) => error);
    expect([isLineBroken(torn), isLineBroken(gone)]).toEqual([true, true]);
    expect(isLineBroken(new TypeError('x is not a function'))).toBe(false);
  });

  it('is told as such: the import goes on with the next one', async () => {
    const before = process.listenerCount('SIGINT');
    onTestFinished(() => {
      expect(process.listenerCount('SIGINT')).toBe(before);
    });
    const client = {
      imports: {
        start: () => Promise.resolve(sample('scanning')),
        watch: () => Promise.reject(new TypeError('terminated')),
      },
    };
    const err: string[] = [];
    const output = { out: () => undefined, err: (line: string) => err.push(line) };
    const request = { paths: ['/media/card'], tag: [] };
    await expect(
      importFiles(client as unknown as StationClient, request, false, output),
    ).rejects.toBeInstanceOf(AlreadySaid);
    expect(err).toEqual([
      'The console ended; import 8 goes on with the next one. "import --status" tells how far it is.',
    ]);
  });
});
