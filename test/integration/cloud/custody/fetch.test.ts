import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CloudError, type CloudProvider, type TransferOptions } from '@main/cloud/provider';
import { FlacDecoder } from '@main/wav/flac-decoder';
import { custodyWorld } from '../../../support/cloud/custody-world';
import { serveDav } from '../../../support/cloud/dav-server';
import { FolderProvider } from '../../../support/cloud/folder-provider';
import { providerFor } from '../../../support/cloud/provider-for';
import { serveWebdav } from '../../../support/cloud/rclone-server';
import { serveS3 } from '../../../support/cloud/s3-server';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';

const aFolder = (): FolderProvider => new FolderProvider(temporaryFolder());

describe('a recording that was deleted here', () => {
  it('comes back bit for bit from real servers, marked, checked and kept', async () => {
    const world = await custodyWorld({ dav: providerFor(await serveWebdav()) });
    world.remotes.add('s3', providerFor(await serveS3()));
    for (const format of [{ rate: 48_000 }, { rate: 384_000, bits: 24, channels: 2 }]) {
      const id = await world.upload({ format });
      const before = readFileSync(world.localFile(id));
      expect(world.custody.get(id).state).toBe('verified');
      world.deleteHere(id);
      expect(world.custody.get(id)).toMatchObject({
        state: 'local_deleted',
        deleted: { mode: 'housekeeping', reason: 'disk_space' },
      });

      const custody = await world.custody.fetch(id, 'somebody');

      expect(readFileSync(world.localFile(id)).equals(before)).toBe(true);
      expect(custody).toMatchObject({
        state: 'fetched_back',
        deleted: { mode: 'housekeeping' },
        fetchedBack: { remote: 'dav', sha256Matches: true },
      });
      expect(world.row(id)).toMatchObject({
        local_deleted: 0,
        missing_file: null,
        integrity: 'ok',
        uploaded: 1,
      });
      expect(world.row(id)['fetched_back_at_ms']).toBeGreaterThan(Date.now() - 60_000);
      expect(world.waiting()).toEqual([]);
    }
  });

  it('is asked for twice and fetched once; what is here is not fetched', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    const id = await world.upload();
    let downloads = 0;
    const download = provider.download.bind(provider);
    provider.download = (path, file) => {
      downloads += 1;
      return download(path, file);
    };
    await world.custody.fetch(id, 'somebody');
    expect(downloads).toBe(0);
    world.deleteHere(id);
    await Promise.all([world.custody.fetch(id, 'a'), world.custody.fetch(id, 'b')]);
    await world.custody.fetch(id, 'c');
    expect(downloads).toBe(1);
  });

  it('comes from another remote where the first cannot be reached, has lost it or spoilt it', async () => {
    const [first, second] = [aFolder(), aFolder()];
    const world = await custodyWorld({ first, second });
    const object = (id: number): string =>
      join(first.folder, String(world.copy(id, 'first')?.['path']));
    const [away, lost, spoilt] = [await world.upload(), await world.upload(), await world.upload()];
    for (const id of [away, lost, spoilt]) world.deleteHere(id);

    first.broken = new CloudError('OFFLINE', 'nobody there');
    expect((await world.custody.fetch(away, 'me')).fetchedBack?.remote).toBe('second');
    expect(world.copy(away, 'first')?.['state']).toBe('verified');
    first.broken = null;

    rmSync(object(lost));
    first.download = () => Promise.reject(new CloudError('NOT_FOUND', 'no such object'));
    expect((await world.custody.fetch(lost, 'me')).fetchedBack?.remote).toBe('second');
    expect(world.copy(lost, 'first')).toMatchObject({ error_code: 'NOT_FOUND' });
    first.download = FolderProvider.prototype.download.bind(first);

    const bytes = readFileSync(object(spoilt));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 1, bytes.length - 9);
    writeFileSync(object(spoilt), bytes);
    expect((await world.custody.fetch(spoilt, 'me')).fetchedBack).toMatchObject({
      remote: 'second',
      sha256Matches: true,
    });
    // What was damaged there counts as uploaded no more, and is sent again.
    await soon(() => {
      expect(world.copy(spoilt, 'first')?.['state']).toBe('given_up');
    });
  });

  it('is not taken for what was recorded when the only copy is something else', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    const [id, other] = [await world.upload(), await world.upload()];
    const place = (of: number): string =>
      join(provider.folder, String(world.copy(of, 'there')?.['path']));
    world.deleteHere(id);
    // A whole and sound FLAC file, of another recording.
    writeFileSync(place(id), readFileSync(place(other)));
    await expect(world.custody.fetch(id, 'me')).rejects.toMatchObject({
      data: { reason: 'no_copy' },
      message: expect.stringContaining('MISMATCH') as string,
    });
    expect(world.custody.get(id).state).toBe('lost');
    expect(world.row(id)).toMatchObject({
      local_deleted: 1,
      fetched_back_at_ms: null,
      uploaded: 0,
    });
    expect(world.waiting()).toEqual([]);
  });

  it('is marked as other than recorded when it was damaged before it was sent', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = world.record();
    world.connection.sqlite
      .prepare('update recordings set raw_sha256 = ? where id = ?')
      .run('0'.repeat(64), id);
    await soon(() => {
      expect(world.isUploaded(id)).toBe(true);
    });
    world.deleteHere(id);
    const custody = await world.custody.fetch(id, 'me');
    expect(custody.fetchedBack?.sha256Matches).toBe(false);
    // Whoever verifies files finds it damaged, as it is.
    expect(world.row(id)).toMatchObject({ raw_sha256: '0'.repeat(64), integrity: null });
  });

  it('takes its new hash where its time was corrected after it was sent', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    const sent = world.copy(id, 'there')?.['source_sha256'];
    world.connection.sqlite
      .prepare('update recordings set raw_sha256 = ?, retimed_at_ms = ? where id = ?')
      .run('1'.repeat(64), Date.now() + 1000, id);
    world.deleteHere(id);
    expect((await world.custody.fetch(id, 'me')).fetchedBack?.sha256Matches).toBe(true);
    expect(world.row(id)).toMatchObject({ raw_sha256: sent, integrity: 'ok' });
  });

  it('speaks no more of the file of its pair that no remote has', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    world.connection.sqlite
      .prepare(
        `update recordings set processed_path = 'recorder/mic/data/processed/a.wav', processed_sha256 = 'x' where id = ?`,
      )
      .run(id);
    world.deleteHere(id);
    await world.custody.fetch(id, 'me');
    expect(world.row(id)).toMatchObject({ processed_path: null, processed_sha256: null });
  });
});

describe('a fetch that is interrupted', () => {
  it('leaves nothing when the server goes away in the middle', async () => {
    const server = await serveDav();
    const world = await custodyWorld({ dav: providerFor(server) });
    const id = await world.upload({ seconds: 4 });
    world.deleteHere(id);
    server.faults.push({ method: 'GET', fault: { kind: 'breaks', afterBytes: 0 } });
    await expect(world.custody.fetch(id, 'me')).rejects.toMatchObject({
      data: { reason: 'remote' },
    });
    expect(world.waiting()).toEqual([]);
    expect(world.custody.get(id)).toMatchObject({ state: 'local_deleted', fetchedBack: null });
    server.faults.length = 0;
    expect((await world.custody.fetch(id, 'me')).state).toBe('fetched_back');
  });

  it('leaves nothing when the station is stopped', async () => {
    const provider = aFolder();
    const world = await custodyWorld({ there: provider });
    const id = await world.upload();
    world.deleteHere(id);
    const custody = await world.custodian();
    const begun = new Promise<void>((resolve) => {
      const download = (_: string, file: string, { signal }: TransferOptions): Promise<void> => {
        writeFileSync(file, 'half');
        resolve();
        return new Promise((__, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'));
          });
        });
      };
      const hanging = Object.assign(Object.create(provider) as CloudProvider, { download });
      world.remotes.providers.set('there', hanging);
    });
    const fetching = expect(custody.fetch(id, 'me')).rejects.toMatchObject({
      code: 'NOT_AVAILABLE',
    });
    await begun;
    await custody.stop();
    await fetching;
    expect(world.waiting()).toEqual([]);
    expect(world.row(id)).toMatchObject({ local_deleted: 1, fetched_back_at_ms: null });
  });

  it('is forgotten by the next console when this one was killed', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    world.deleteHere(id);
    // Killed between the mark and the name.
    mkdirSync(join(world.root, 'fetching'), { recursive: true });
    writeFileSync(join(world.root, 'fetching', `${String(id)}-a.decoded`), 'half');
    world.connection.sqlite
      .prepare(
        "update recordings set fetched_back_at_ms = 5, fetched_from = 'there', fetched_matches = 1 where id = ?",
      )
      .run(id);
    const custody = await world.custodian();
    expect(world.waiting()).toEqual([]);
    expect(custody.get(id)).toMatchObject({ state: 'local_deleted', fetchedBack: null });
  });

  it('has marked its recording before the file has its name: nobody deletes it again at once', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    world.deleteHere(id);
    const marks: unknown[] = [];
    const custody = await world.custodian({
      alone: async (work) => {
        // A database that takes nothing any more, from the rename on.
        world.connection.sqlite.exec(
          `create temp trigger no_more before update of local_deleted on recordings
           begin select raise(abort, 'the power fails'); end`,
        );
        try {
          await work();
        } finally {
          marks.push(world.row(id)['fetched_back_at_ms']);
        }
      },
    });
    await expect(custody.fetch(id, 'me')).rejects.toThrow('the power fails');
    expect(marks).toEqual([expect.any(Number)]);
    expect(readFileSync(world.localFile(id)).length).toBeGreaterThan(44);
  });
});

describe('a recording is not fetched', () => {
  it('over a file that lies at its place, nor through a link out of the data folder', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    world.deleteHere(id);
    const place = world.localFile(id);
    writeFileSync(place, 'something');
    await expect(world.custody.fetch(id, 'me')).rejects.toMatchObject({
      data: { reason: 'data_disk' },
    });
    expect(readFileSync(place, 'utf8')).toBe('something');
    rmSync(dirname(place), { recursive: true });
    const outside = temporaryFolder();
    symlinkSync(outside, dirname(place));
    await expect(world.custody.fetch(id, 'me')).rejects.toMatchObject({
      data: { reason: 'data_disk' },
    });
    expect(world.custody.get(id)).toMatchObject({ state: 'local_deleted', fetchedBack: null });
    expect(world.waiting()).toEqual([]);
  });

  it('onto a disk that is away', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    world.deleteHere(id);
    const custody = await world.custodian({ diskIsThere: () => Promise.resolve(false) });
    await expect(custody.fetch(id, 'me')).rejects.toMatchObject({
      data: { reason: 'data_disk' },
    });
  });

  it('from a remote that was removed, and people are told from which', async () => {
    const world = await custodyWorld({ there: aFolder() });
    const id = await world.upload();
    world.deleteHere(id);
    world.remotes.remove('there');
    await expect(world.custody.fetch(id, 'me')).rejects.toMatchObject({
      data: { reason: 'no_copy' },
      message: expect.stringContaining('"there"') as string,
    });
    expect(world.custody.get(id).state).toBe('local_deleted');
  });
});

describe('a FLAC file', () => {
  it('is given back as the WAV file that it was made of, or refused with a reason', async () => {
    const folder = temporaryFolder();
    const [wav, flac, back] = ['a.wav', 'a.flac', 'b.wav'].map((name) => join(folder, name));
    if (wav === undefined || flac === undefined || back === undefined) throw new Error('no name');
    // An odd number of bytes, and 8 bits, which a WAV file counts from the middle.
    const filter = [
      '-f',
      'lavfi',
      '-i',
      'sine=f=3000:r=44100:d=0.1',
      '-af',
      'atrim=end_sample=4401',
    ];
    execFileSync('ffmpeg', ['-v', 'error', ...filter, '-c:a', 'pcm_u8', wav]);
    execFileSync('flac', ['-s', '--keep-foreign-metadata', '-o', flac, wav]);
    const never = new AbortController().signal;
    const decoder = new FlacDecoder();
    expect(await decoder.decode(flac, back, 1e6, never)).toEqual({ ok: true });
    const hash = (path: string): string =>
      createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(hash(back)).toBe(hash(wav));
    rmSync(back);
    expect(await decoder.decode(flac, back, 100, never)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('4401') as string,
    });
    expect(await decoder.decode(wav, back, 1e6, never)).toMatchObject({ ok: false });
    const cut = readFileSync(flac);
    writeFileSync(flac, cut.subarray(0, cut.length - 200));
    expect(await decoder.decode(flac, back, 1e6, never)).toMatchObject({ ok: false });
    expect(() => readFileSync(back)).toThrow('ENOENT');
  });
});
