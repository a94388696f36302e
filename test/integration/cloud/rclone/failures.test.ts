import type { CloudErrorCode } from '@shared/model/remote';
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Fault, serveDav } from '../../../support/cloud/dav-server';
import {
  notYetValid,
  refusingRemote,
  silentRemote,
  unknownHost,
} from '../../../support/cloud/dead-ends';
import { providerFor } from '../../../support/cloud/provider-for';
import { serveSftp, serveWebdav } from '../../../support/cloud/rclone-server';
import { serveS3 } from '../../../support/cloud/s3-server';
import { folderRemote, type ServedRemote } from '../../../support/cloud/served-remote';
import { mayMount, mountedFolder } from '../../../support/mounted-folder';
import { temporaryFolder } from '../../../support/temporary-folder';

const { signal } = new AbortController();

test('where nobody is reached, each thing that is asked fails as what it is', async () => {
  const places = [
    [await refusingRemote(), 'OFFLINE'],
    [unknownHost(), 'OFFLINE'],
    [await silentRemote(), 'TIMEOUT'],
    [await notYetValid(), 'TLS_CLOCK'],
  ] as const;
  await Promise.all(
    places.map(async ([remote, code]) => {
      // Short where it is to run out; elsewhere a machine that is busy must not use it up.
      const ms = code === 'TIMEOUT' ? 500 : 20_000;
      const provider = providerFor(remote, { patience: { connectMs: ms, silentMs: ms } });
      const asked = [
        provider.check(signal),
        provider.upload(sound(), 'a/b.flac', { signal }),
        provider.stat('a/b.flac', signal),
        provider.read('a/b.flac', 0, 10, signal),
      ];
      expect(await codesOf(asked)).toEqual(asked.map(() => code));
    }),
  );
});

test.each([
  ['webdav', serveWebdav, { pass: 'wrong' }],
  ['sftp', serveSftp, { pass: 'wrong' }],
] as const)('a wrong password for %s is told as one', async (_, serve, secrets) => {
  const provider = providerFor({ ...(await serve()), secrets });
  await expect(provider.check(signal)).rejects.toMatchObject({ code: 'AUTH' });
});

test('for S3, a wrong user is told as one, and a bucket that is not there as well', async () => {
  const server = await serveS3();
  const withOptions = (options: Record<string, string>): ServedRemote => ({
    ...server,
    options: { ...server.options, ...options },
  });
  const stranger = providerFor(withOptions({ access_key_id: 'NOBODY' }));
  const asked = [stranger.check(signal), stranger.upload(sound(), 'a/b.flac', { signal })];
  expect(await codesOf(asked)).toEqual(['AUTH', 'AUTH']);
  await expect(providerFor(withOptions({ bucket: 'nowhere' })).check(signal)).rejects.toMatchObject(
    { code: 'NOT_FOUND' },
  );
});

const answers = (status: number): Fault => ({ kind: 'answers', status });

const FAULTS: Readonly<Record<string, readonly [Fault, CloudErrorCode]>> = {
  '401': [answers(401), 'AUTH'],
  '403': [answers(403), 'FORBIDDEN'],
  '405': [answers(405), 'FORBIDDEN'],
  '423': [answers(423), 'RATE_LIMITED'],
  '429': [{ kind: 'answers', status: 429, headers: { 'retry-after': '1' } }, 'RATE_LIMITED'],
  '500': [answers(500), 'UNKNOWN'],
  '502': [answers(502), 'OFFLINE'],
  '503': [answers(503), 'OFFLINE'],
  '507': [answers(507), 'QUOTA'],
  'no-answer': [{ kind: 'hangs' }, 'TIMEOUT'],
  'broken-connection': [{ kind: 'breaks', afterBytes: 10_000 }, 'OFFLINE'],
  'half-of-it-kept': [{ kind: 'truncates', toBytes: 50_000 }, 'MISMATCH'],
};

test('an upload fails as what the server did to it', async () => {
  const server = await serveDav();
  const provider = providerFor(server, { patience: { connectMs: 5_000, silentMs: 5_000 } });
  for (const [name, [fault]] of Object.entries(FAULTS)) {
    server.faults.push({ method: 'PUT', path: new RegExp(`/${name}\\.flac$`), fault });
  }
  const file = sound();
  // All at once: after a failure rclone waits a second each time.
  const sent = Object.keys(FAULTS).map((name) =>
    provider.upload(file, `a/${name}.flac`, { signal }),
  );
  const codes = await codesOf(sent);
  expect(Object.keys(FAULTS).map((name, n) => [name, codes[n]])).toEqual(
    Object.entries(FAULTS).map(([name, [, code]]) => [name, code]),
  );
});

test('other bytes than were sent are found where the remote tells hashes', async () => {
  const server = await serveDav({ vendor: 'nextcloud' });
  const remote = { ...server, options: { ...server.options, vendor: 'owncloud' } };
  server.faults.push({ method: 'PUT', fault: { kind: 'corrupts' } });
  await expect(providerFor(remote).upload(sound(), 'a/b.flac', { signal })).rejects.toMatchObject({
    code: 'MISMATCH',
  });
});

test('a failure without a word for it is a full remote where that says so', async () => {
  const server = await serveDav();
  server.quota = { used: 1_000_000, free: 100 };
  server.faults.push({ method: 'PUT', fault: answers(500) });
  const sending = providerFor(server).upload(sound(), 'a/b.flac', { signal });
  await expect(sending).rejects.toThrow(/500 Internal Server Error \(100 bytes are free\)$/);
  await expect(sending).rejects.toMatchObject({ code: 'QUOTA' });
});

test('an address that leads nowhere on a server that is there is NOT_FOUND', async () => {
  const server = await serveDav();
  const provider = providerFor({
    ...server,
    options: { ...server.options, url: `${server.options['url'] ?? ''}no/such/place/` },
  });
  await expect(provider.check(signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a recording that went away is LOCAL_MISSING, before and while it is sent', async () => {
  const server = await serveDav();
  const provider = providerFor(server);
  const file = sound(1_000_000);
  const sending = provider.upload(file, 'a/b.flac', {
    signal,
    bandwidthLimit: '300K',
    onProgress: () => {
      if (!existsSync(file)) return;
      truncateSync(file, 10);
      rmSync(file);
    },
  });
  await expect(sending).rejects.toMatchObject({ code: 'LOCAL_MISSING' });
  await expect(provider.upload(file, 'a/b.flac', { signal })).rejects.toMatchObject({
    code: 'LOCAL_MISSING',
  });
});

test('a server that dies in the middle of a transfer is OFFLINE, and takes it when it is back', async () => {
  const server = await serveWebdav();
  const provider = providerFor(server, { patience: { connectMs: 1_000, silentMs: 2_000 } });
  const file = sound(2_000_000);
  const sending = provider.upload(file, 'a/b.flac', {
    signal,
    bandwidthLimit: '300K',
    onProgress: () => void server.kill(),
  });
  await expect(sending).rejects.toMatchObject({ code: 'OFFLINE' });
  await server.startAgain();
  const sent = await provider.upload(file, 'a/b.flac', { signal });
  expect(sent.sizeBytes).toBe(2_000_000);
});

test('a folder whose disk is not plugged in is OFFLINE, and is not made', async () => {
  const folder = temporaryFolder();
  const gone = providerFor(folderRemote(join(folder, 'usb')));
  await expect(gone.upload(sound(), 'a/b.flac', { signal })).rejects.toMatchObject({
    code: 'OFFLINE',
  });
  await expect(gone.check(signal)).rejects.toMatchObject({ code: 'OFFLINE' });
});

test.runIf(mayMount())(
  'a disk that is full is QUOTA, one that takes nothing FORBIDDEN',
  async () => {
    const disk = mountedFolder({ sizeKb: 256 });
    const remote = folderRemote(disk.path);
    const provider = providerFor({ ...remote, options: { ...remote.options, mounted: 'yes' } });
    await expect(provider.upload(sound(400_000), 'a/big.flac', { signal })).rejects.toMatchObject({
      code: 'QUOTA',
    });
    disk.makeReadOnly();
    await expect(provider.upload(sound(), 'b/c.flac', { signal })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  },
);

/** Of what fails; `done` of what does not. */
async function codesOf(asked: readonly Promise<unknown>[]): Promise<string[]> {
  const ends = await Promise.allSettled(asked);
  return ends.map((end) =>
    end.status === 'fulfilled'
      ? 'done'
      : ((end.reason as { code?: string }).code ?? String(end.reason)),
  );
}

function sound(bytes = 100_000): string {
  const file = join(temporaryFolder(), 'sound.flac');
  writeFileSync(file, Buffer.alloc(bytes, 7));
  return file;
}
