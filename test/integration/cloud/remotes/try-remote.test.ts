import { once } from 'node:events';
import { readdirSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { RemoteTest } from '@shared/model/remote';
import type { Clock } from '@main/clock/clock';
import { systemClock } from '@main/clock/system-clock';
import { tryRemote } from '@main/cloud/remotes/try-remote';
import type { CloudProvider } from '@main/cloud/provider';
import { FolderProvider } from '../../../support/cloud/folder-provider';
import { providerFor } from '../../../support/cloud/provider-for';
import { serveSftp, serveWebdav } from '../../../support/cloud/rclone-server';
import { FakeClock } from '../../../support/fake-clock';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';

const never = new AbortController().signal;

function attempt(provider: CloudProvider, clock: Clock = systemClock): Promise<RemoteTest> {
  return tryRemote({ provider, clock, signal: never, scrub: (text) => text });
}

/** What tests like these leave in the folder for temporary things. */
const scratch = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('silvasonic-remote-test-'));

describe('a remote is tested', () => {
  it.each([
    ['WebDAV', serveWebdav],
    ['SFTP', serveSftp],
  ])('on a real %s server, and nothing is left there', async (_kind, serve) => {
    const before = scratch();
    const served = await serve();
    const tested = await attempt(providerFor(served));
    expect(tested).toMatchObject({ ok: true, failure: null });
    expect(tested.uploadBytesPerS).toBeGreaterThan(0);
    expect(tested.downloadBytesPerS).toBeGreaterThan(0);
    const files = readdirSync(served.folder, { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile())).toEqual([]);
    expect(scratch()).toEqual(before);
  });

  it('and says that the password is wrong', async () => {
    const served = await serveWebdav();
    const tested = await attempt(providerFor({ ...served, secrets: { pass: 'wrong' } }));
    expect(tested).toMatchObject({ ok: false, failure: { code: 'AUTH' } });
    expect(tested.steps).toMatchObject([{ step: 'connect', ok: false }]);
  });

  it('and says that another thing came back than was sent, and removes it all the same', async () => {
    const provider = new FolderProvider(temporaryFolder());
    const lying = Object.assign(provider, {
      upload: async (file: string, path: string) => {
        const sent = await FolderProvider.prototype.upload.call(provider, file, path);
        truncateSync(`${provider.folder}/${path}`, 100);
        return sent;
      },
    });
    const tested = await attempt(lying);
    expect(tested).toMatchObject({ ok: false, failure: { code: 'MISMATCH' }, room: null });
    expect(tested.steps.map(({ step, ok }) => [step, ok])).toEqual([
      ['connect', true],
      ['write', true],
      ['read_back', false],
      ['remove', true],
    ]);
    expect(readdirSync(provider.folder)).toEqual([]);
  });

  it('and ends when nobody answers', async () => {
    const clock = new FakeClock();
    const silent = Object.assign(new FolderProvider(temporaryFolder()), {
      check: async (signal: AbortSignal) => {
        // Its time may be over before it is asked.
        if (!signal.aborted) await once(signal, 'abort');
        signal.throwIfAborted();
      },
    });
    const testing = attempt(silent, clock);
    let tested: RemoteTest | null = null;
    void testing.then((result) => (tested = result));
    await soon(async () => {
      await clock.advance(90_000);
      expect(tested).toMatchObject({ ok: false, failure: { code: 'TIMEOUT' } });
    });
  });

  it('and stops when whoever asked has gone', async () => {
    const gone = new AbortController();
    gone.abort();
    const provider = new FolderProvider(temporaryFolder());
    provider.check = () => Promise.reject(new DOMException('aborted', 'AbortError'));
    const before = scratch();
    await expect(
      tryRemote({ provider, clock: systemClock, signal: gone.signal, scrub: (text) => text }),
    ).rejects.toThrow('aborted');
    expect(scratch()).toEqual(before);
  });
});
