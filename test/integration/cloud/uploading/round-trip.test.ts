import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGuano, writeGuano } from '@main/wav/guano';
import { serveDav } from '../../../support/cloud/dav-server';
import { providerFor } from '../../../support/cloud/provider-for';
import { serveSftp, serveWebdav } from '../../../support/cloud/rclone-server';
import { serveS3 } from '../../../support/cloud/s3-server';
import { folderRemote } from '../../../support/cloud/served-remote';
import { sha256Of, uploadingWorld } from '../../../support/cloud/uploading-world';
import { wavOfFlac } from '../../../support/cloud/wav-of-flac';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';

const never = new AbortController().signal;

describe('a recording that is uploaded', () => {
  it('is on every kind of remote bit for bit, encoded once, and was read back', async () => {
    const world = uploadingWorld();
    world.settings.cloud_sync.max_uploaders = 16;
    const remotes = {
      // What a server only repeats after us proves nothing.
      folder: [folderRemote(temporaryFolder()), 'hash'],
      webdav: [await serveWebdav(), 'size_and_samples'],
      nextcloud: [await serveDav({ vendor: 'nextcloud' }), 'size_and_samples'],
      sftp: [await serveSftp(), 'hash'],
      s3: [await serveS3(), 'hash'],
    } as const;
    const id = world.record({ seconds: 3 });
    const local = readFileSync(world.localFile(id));
    for (const [slug, [remote]] of Object.entries(remotes)) {
      world.remotes.add(slug, providerFor(remote));
    }
    await world.start();
    for (const [slug, [, verifiedBy]] of Object.entries(remotes)) {
      await soon(() => {
        expect(world.copy(id, slug), slug).toMatchObject({
          state: 'verified',
          verified_by: verifiedBy,
        });
      });
      const { path, sha256, size_bytes: size } = world.copy(id, slug) ?? {};
      expect(path).toMatch(/^mueller-station\/mic\/2026-05-01\/2026-05-01T12-00-00Z_.*\.flac$/);
      const folder = temporaryFolder();
      const back = join(folder, 'back.flac');
      await (await world.remotes.provider(slug)).download(String(path), back, { signal: never });
      expect(sha256Of(back)).toBe(sha256);
      expect(readFileSync(back).length).toBe(size);
      expect((await wavOfFlac(back)).equals(local)).toBe(true);
    }
    expect(world.isUploaded(id)).toBe(true);
    expect(world.attempts().map(({ success }) => success)).toEqual([1, 1, 1, 1, 1]);
  });

  it('keeps its samples and its GUANO as FLAC, at 16 and 24 bit, 48 to 384 kHz', async () => {
    const world = uploadingWorld();
    const folder = temporaryFolder();
    const ids = [
      { rate: 48_000, bits: 16 },
      { rate: 250_000, bits: 16 },
      { rate: 384_000, bits: 16 },
      { rate: 192_000, bits: 24 },
      { rate: 384_000, bits: 24, channels: 2 },
    ].map((format) => world.record({ format, bytes: captured(format) }));
    for (const id of ids) {
      await writeGuano(world.localFile(id), new Map([['Note', 'Mücke am Teich']]));
    }
    world.remotes.add('there', providerFor(folderRemote(folder)));
    await world.start();
    for (const id of ids) {
      await soon(() => {
        expect(world.copy(id, 'there')?.['state']).toBe('verified');
      });
      const flac = join(folder, 'silvasonic', String(world.copy(id, 'there')?.['path']));
      const local = readFileSync(world.localFile(id));
      expect((await wavOfFlac(flac)).equals(local)).toBe(true);
      expect(world.copy(id, 'there')?.['source_sha256']).toBe(sha256Of(world.localFile(id)));
      const back = join(temporaryFolder(), 'back.wav');
      decode(flac, back);
      expect((await readGuano(back))?.get('Note')).toBe('Mücke am Teich');
    }
  });

  it('is sent as it is where FLAC cannot hold it, and says so', async () => {
    const world = uploadingWorld();
    const folder = temporaryFolder();
    const ids = [
      world.record({ format: { rate: 48_000, bits: 32 } }),
      world.record({ format: { rate: 768_000, bits: 16 } }),
      // The header of so small an RF64 file would come back empty.
      world.record({ bytes: Buffer.from('no sound at all') }),
    ];
    world.remotes.add('there', providerFor(folderRemote(folder)));
    const uploader = await world.start();
    await soon(() => {
      expect(world.copy(ids[2] ?? 0, 'there')).toMatchObject({ state: 'failed', attempts: 1 });
    });
    expect(await uploader.retry('there')).toBe(1);
    for (const id of ids) {
      await soon(() => {
        expect(world.copy(id, 'there')?.['state']).toBe('verified');
      });
      const path = String(world.copy(id, 'there')?.['path']);
      expect(path).toMatch(/\.wav$/);
      expect(sha256Of(join(folder, 'silvasonic', path))).toBe(sha256Of(world.localFile(id)));
    }
    const words = world.attempts().map(({ message }) => message);
    expect(words).toContainEqual(expect.stringContaining('FLAC of 32 bits'));
    expect(words).toContainEqual(expect.stringContaining('no rate of 768000 Hz'));
    expect(words).toContainEqual(expect.stringContaining('it could not be encoded'));
  });
});

/** As our captures write it: the header is another one above 16 bit and above 48 kHz. */
function captured(format: { rate: number; bits: number; channels?: number }): Buffer {
  const { rate, bits, channels = 1 } = format;
  const path = join(temporaryFolder(), 'captured.wav');
  const noise = `anoisesrc=r=${String(rate)}:d=0.2:seed=1`;
  const codec = ['-ac', String(channels), '-c:a', `pcm_s${String(bits)}le`];
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', noise, ...codec, path]);
  return readFileSync(path);
}

function decode(flac: string, wav: string): void {
  execFileSync('flac', ['-s', '-d', '--keep-foreign-metadata', '-o', wav, flac], {
    stdio: 'ignore',
  });
}
