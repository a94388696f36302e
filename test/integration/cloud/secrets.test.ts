import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { takeSecretEnvironment } from '@main/vault/secret-environment';
import { SERVER_PASSWORD, SERVER_USER, serveWebdav } from '../../support/cloud/rclone-server';
import { soon } from '../../support/soon';
import { testStation } from '../../support/test-station';

const WRONG = 'wrong & gefährlich #2';
const KEY = 'key of the whole fleet #3';
const SECRETS = [SERVER_PASSWORD, WRONG, KEY];

/** As it may lie in a text, an address, a JSON document or a header. */
function spellings(secret: string): Buffer[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(`${SERVER_USER}:${secret}`).toString('base64').replace(/=+$/, ''),
  ].map((text) => Buffer.from(text));
}
const ALL = SECRETS.flatMap(spellings);
const holds = (content: Buffer): boolean => ALL.some((secret) => content.includes(secret));

function filesThatHoldOne(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => holds(readFileSync(file)));
}

function orEmpty(read: () => Buffer | string): Buffer {
  try {
    return Buffer.from(read());
  } catch {
    return Buffer.alloc(0); // gone, or another user's
  }
}

/** Processes in whose arguments or environment one stands: but for servers, which are not ours to be quiet about. */
function processesThatHoldOne(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = orEmpty(() => readFileSync(`/proc/${pid}/cmdline`));
      const environment = orEmpty(() => readFileSync(`/proc/${pid}/environ`));
      // Those of other test files, too.
      const isServer = /\0serve\0(?:webdav|sftp)\0/.test(command.toString());
      const found = holds(command) || (holds(environment) && !isServer);
      return found ? [`${pid} ${command.toString().replaceAll('\0', ' ')}`] : [];
    });
}

/** Captures and rclone's daemon: the look at all processes is worth nothing without them. */
function seenPrograms(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const program = orEmpty(() => readlinkSync(`/proc/${pid}/exe`)).toString();
      const name = program.split('/').at(-1) ?? '';
      const command = orEmpty(() => readFileSync(`/proc/${pid}/cmdline`)).toString();
      return name === 'rclone' ? (command.includes('\0rcd\0') ? ['rclone rcd'] : []) : [name];
    });
}

it('uploads, refusals and settings leave no password in the data folder, the log, the answers, or other processes', async () => {
  const server = await serveWebdav();
  process.env['SILVASONIC_ENCRYPTION_KEY'] = KEY;
  process.env['SILVASONIC_CLOUD_REMOTE_TYPE'] = 'webdav';
  process.env['SILVASONIC_CLOUD_REMOTE_URL'] = server.options['url'];
  process.env['SILVASONIC_CLOUD_REMOTE_USER'] = SERVER_USER;
  process.env['SILVASONIC_CLOUD_REMOTE_PASS'] = SERVER_PASSWORD;
  const { station, client, dataDir } = await testStation({
    simulate: 1,
    segmentDurationS: 1,
    secretEnvironment: takeSecretEnvironment(process.env),
  });
  await station.start();
  await client.settings.set({ key: 'cloud_sync.enabled', value: true });
  const draft = {
    name: 'Wrong',
    type: 'webdav',
    options: { url: server.options['url'] ?? '', user: SERVER_USER },
    basePath: 'elsewhere',
  } as const;
  const tested = await client.remotes.test({ draft, secrets: { pass: WRONG } });
  expect(tested).toMatchObject({ ok: false, failure: { code: 'AUTH' } });
  await client.remotes.add({ draft, secrets: { pass: WRONG } });

  const told = new Set<string>();
  const programs = new Set<string>();
  // Now and then: it takes the time of those who are looked at.
  const looking = setInterval(() => {
    for (const one of processesThatHoldOne()) told.add(one);
    for (const one of seenPrograms()) programs.add(one);
  }, 300);
  onTestFinished(() => clearInterval(looking));
  await soon(async () => {
    const remotes = await client.remotes.list();
    expect(remotes.find(({ seeded }) => seeded)?.verified).toBeGreaterThan(0);
  });
  await soon(async () => {
    const remotes = await client.remotes.list();
    expect(remotes.find(({ slug }) => slug === 'wrong')?.state).toBe('refused');
  });
  await soon(() => expect([...programs]).toEqual(expect.arrayContaining(['ffmpeg', 'rclone rcd'])));
  clearInterval(looking);
  expect([...told]).toEqual([]);

  const answers = [
    await client.vault.test(),
    await client.remotes.list(),
    await client.uploads.list({}),
    await client.logs.tail({ level: 'debug', limit: 2000 }),
    await client.alerts.history({}),
    await client.station.snapshot(),
  ];
  expect(answers[0]).toMatchObject({ backend: 'file', file: { key: 'environment', entries: 2 } });
  expect(holds(Buffer.from(JSON.stringify(answers)))).toBe(false);
  await station.stop();
  expect(readdirSync(dataDir)).toEqual(
    expect.arrayContaining(['station.db', 'vault.json', 'logs']),
  );
  expect(filesThatHoldOne(dataDir)).toEqual([]);
});
