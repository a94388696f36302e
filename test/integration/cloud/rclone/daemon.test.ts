import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { identifyProcess } from '@main/process/identity';
import { serveDav } from '../../../support/cloud/dav-server';
import { providerFor } from '../../../support/cloud/provider-for';
import { SERVER_PASSWORD } from '../../../support/cloud/rclone-server';
import { folderRemote } from '../../../support/cloud/served-remote';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';
import { typescriptProcess } from '../../../support/typescript-process';

const { signal } = new AbortController();

test('nothing runs before something is asked, one process serves many, and none is left at the end', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()));
  expect(provider.pid).toBeNull();
  await Promise.all([provider.check(signal), provider.stat('a', signal), provider.storage(signal)]);
  const pid = pidOf(provider);
  await provider.check(signal);
  expect(provider.pid).toBe(pid);
  await provider.close();
  expect(provider.pid).toBeNull();
  expect(await identifyProcess(pid)).toBeNull();
});

test('it ends when nobody needs it, and is there again for the next one', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()), { idleMs: 50 });
  await provider.check(signal);
  await soon(() => {
    expect(provider.pid).toBeNull();
  });
  await provider.check(signal);
});

test('whoever kills it in the middle of uploads delays those uploads', async () => {
  const server = await serveDav();
  const provider = providerFor(server);
  const file = sound(300_000);
  let killed = false;
  const sent = await Promise.all(
    ['a/b.flac', 'a/c.flac'].map((path) =>
      provider.upload(file, path, {
        signal,
        bandwidthLimit: '250K',
        onProgress: () => {
          if (!killed) process.kill(pidOf(provider), 'SIGKILL');
          killed = true;
        },
      }),
    ),
  );
  expect(killed).toBe(true);
  expect(sent.map(({ sizeBytes }) => sizeBytes)).toEqual([300_000, 300_000]);
});

test('what is under way when it is closed fails as an outage, and starts no other one', async () => {
  const provider = providerFor(await serveDav());
  const sending = provider.upload(sound(2_000_000), 'a/b.flac', {
    signal,
    bandwidthLimit: '250K',
    onProgress: () => void provider.close(),
  });
  await expect(sending).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(provider.pid).toBeNull();
});

test('one that says nothing any more is ended, told as TIMEOUT, and replaced', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()), {
    patience: { connectMs: 200, silentMs: 200 },
  });
  await provider.check(signal);
  const stuck = pidOf(provider);
  process.kill(stuck, 'SIGSTOP');
  await expect(provider.check(signal)).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(await identifyProcess(stuck)).toBeNull();
  await provider.check(signal);
});

test('no secret stands in its arguments, its environment or a file', async () => {
  const home = temporaryFolder();
  vi.stubEnv('HOME', home);
  vi.stubEnv('RCLONE_CONFIG', join(home, 'of-a-person.conf'));
  const provider = providerFor(await serveDav());
  await provider.upload(sound(1_000), 'a.flac', { signal });
  const pid = String(pidOf(provider));
  const seen = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
  for (const text of seen) expect(text).not.toContain(SERVER_PASSWORD);
  expect(seen.join('')).not.toContain('of-a-person');
  const password = /RCLONE_RC_PASS=(\w+)/.exec(seen[1] ?? '')?.[1] ?? '';
  expect(seen[0]).not.toContain(password);
  expect(readdirSync(home, { recursive: true })).toEqual([]);
});

test('nobody may tell it anything without its password', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()));
  await provider.check(signal);
  const ports = readFileSync(`/proc/${String(pidOf(provider))}/net/tcp`, 'utf8');
  const mine = listeningPorts(pidOf(provider), ports);
  expect(mine.length).toBeGreaterThan(0);
  for (const port of mine) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/core/version`, { method: 'POST' });
    expect(answer.status).toBe(401);
  }
});

test('it does not outlive the station, even one that was killed', async () => {
  const file = join(temporaryFolder(), 'pid');
  const station = await typescriptProcess(`
    import { RcloneProvider } from '@main/cloud/rclone/rclone-provider';
    import { systemClock } from '@main/clock/system-clock';
    import { writeFileSync } from 'node:fs';
    const path = ${JSON.stringify(temporaryFolder())};
    const provider = new RcloneProvider({
      remote: { type: 'local', options: { path }, secrets: {}, basePath: 'x' },
      clock: systemClock,
      scrub: (text) => text,
    });
    await provider.check(new AbortController().signal);
    writeFileSync(${JSON.stringify(file)}, String(provider.pid));
    console.log('at work');
    setInterval(() => undefined, 1_000);
  `);
  const pid = Number(readFileSync(file, 'utf8'));
  expect(await identifyProcess(pid)).not.toBeNull();
  station.kill('SIGKILL');
  await soon(async () => {
    expect(await identifyProcess(pid)).toBeNull();
  });
});

test.each([
  [
    '#!/bin/sh\necho "rclone v1.53.3-DEV"\n',
    'rclone 1.53.3-DEV is too old: at least 1.60 is needed.',
  ],
  [null, 'rclone is not installed on this station.'],
])('without an rclone that will do nothing is reached, and it says why', async (script, words) => {
  const program = join(temporaryFolder(), 'rclone');
  if (script !== null) {
    writeFileSync(program, script);
    chmodSync(program, 0o755);
  }
  const provider = providerFor(folderRemote(temporaryFolder()), { program });
  await expect(provider.check(signal)).rejects.toMatchObject({ code: 'OFFLINE', message: words });
});

test('a token that the remote renewed is handed back, even when nothing else came of it', async () => {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    request.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
    request.on('end', () => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(
        '{"access_token":"fresh-1","refresh_token":"again-2","token_type":"Bearer","expires_in":3600}',
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  // The cloud itself is out of reach.
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
  const refreshed: Readonly<Record<string, string>>[] = [];
  const provider = providerFor(
    {
      type: 'rclone',
      options: {
        backend: 'drive',
        client_id: 'me',
        token_url: `http://127.0.0.1:${String(port)}/token`,
      },
      secrets: {
        client_secret: 'mine',
        token:
          '{"access_token":"stale-1","refresh_token":"again-1","token_type":"Bearer","expiry":"2020-01-01T00:00:00Z"}',
      },
      folder: '',
    },
    { onRefreshed: (secrets) => refreshed.push(secrets) },
  );
  await expect(provider.check(signal)).rejects.toMatchObject({ code: 'OFFLINE' });
  expect(asked.join()).toContain('again-1');
  expect(refreshed.map(({ token }) => token)).toEqual([expect.stringContaining('again-2')]);
  await provider.close();
  await provider.check(signal).catch(() => undefined);
  expect(refreshed).toHaveLength(1);
});

function pidOf(provider: { readonly pid: number | null }): number {
  if (provider.pid === null) throw new Error('nothing runs');
  return provider.pid;
}

/** Of loopback, held by this process. */
function listeningPorts(pid: number, table: string): number[] {
  const folder = `/proc/${String(pid)}/fd`;
  const held = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(join(folder, fd));
    } catch {
      return ''; // closed meanwhile
    }
  });
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const listens = fields[3] === '0A' && held.includes(`socket:[${fields[9] ?? ''}]`);
    return listens ? [Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)] : [];
  });
}

function sound(bytes: number): string {
  const file = join(temporaryFolder(), 'sound.flac');
  writeFileSync(file, randomBytes(bytes));
  return file;
}
