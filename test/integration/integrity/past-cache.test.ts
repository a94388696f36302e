import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PastCache, UnreadableError } from '@main/integrity/past-cache';
import { temporaryFolder } from '../../support/temporary-folder';

const free = (): Promise<void> => Promise.resolve();

function fileOf(bytes: number): { path: string; sha256: string } {
  const path = join(temporaryFolder(), '-if=hostile "name"\n$(x).wav');
  const content = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i += 1) content[i] = (i * 31) >> 3;
  writeFileSync(path, content);
  return { path, sha256: createHash('sha256').update(content).digest('hex') };
}

/** As on a machine where these are the programs there are. */
function withPath(folder: string): void {
  const before = process.env['PATH'];
  process.env['PATH'] = folder;
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
}

describe.each(['direct', 'nocache', 'plain'] as const)('read %s', (way) => {
  it.each([0, 1, 511, 512, 262_144, 1_000_003])(
    'a file of %i bytes has its SHA-256',
    async (bytes) => {
      const { path, sha256 } = fileOf(bytes);
      let paced = 0;
      const digest = await new PastCache(way).digest(path, bytes, (read) => {
        paced += read;
        return Promise.resolve();
      });
      expect(digest).toEqual({ sha256, bytes });
      expect(paced).toBeGreaterThanOrEqual(bytes);
    },
  );

  it('what is not there cannot be read', async () => {
    const path = join(temporaryFolder(), 'gone.wav');
    await expect(new PastCache(way).digest(path, 1, free)).rejects.toThrow(UnreadableError);
  });

  it('a folder cannot be read', async () => {
    const path = join(temporaryFolder(), 'folder.wav');
    mkdirSync(path);
    await expect(new PastCache(way).digest(path, 1, free)).rejects.toThrow(UnreadableError);
  });

  it('it ends when whoever paces it ends it', async () => {
    const { path } = fileOf(5_000_000);
    let pieces = 0;
    const pace = (): Promise<void> => {
      pieces += 1;
      return pieces === 3 ? Promise.reject(new Error('enough')) : Promise.resolve();
    };
    await expect(new PastCache(way).digest(path, 5_000_000, pace)).rejects.toThrow('enough');
    expect(pieces).toBe(3);
  });
});

describe('where it does not work this way', () => {
  it('without dd files are read plainly, and it stays with that', async () => {
    withPath(temporaryFolder());
    const { path, sha256 } = fileOf(300_000);
    const reader = new PastCache();
    expect((await reader.digest(path, 300_000, free)).sha256).toBe(sha256);
    expect(reader.way).toBe('plain');
  });

  it('a dd that knows no flags is not asked again', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'dd'),
      '#!/bin/sh\necho "dd: invalid input flag: ‘direct’" >&2\nexit 1\n',
      {
        mode: 0o755,
      },
    );
    withPath(folder);
    const { path, sha256 } = fileOf(1000);
    const reader = new PastCache();
    expect((await reader.digest(path, 1000, free)).sha256).toBe(sha256);
    expect(reader.way).toBe('plain');
  });

  it('an error of the disk in the middle of a file is told in its words', async () => {
    const folder = temporaryFolder();
    const words = "dd: error reading '/x.wav': Input/output error";
    writeFileSync(join(folder, 'dd'), `#!/bin/sh\nprintf some\necho "${words}" >&2\nexit 1\n`, {
      mode: 0o755,
    });
    withPath(folder);
    const { path } = fileOf(1000);
    await expect(new PastCache().digest(path, 1000, free)).rejects.toThrow(
      "error reading '/x.wav': Input/output error",
    );
  });
});
