import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudError } from '@main/cloud/provider';
import { RemoteFigures } from '@main/cloud/remotes/remote-figures';
import type { EnvironmentSeed } from '@main/cloud/seeding/environment-seed';
import type { Connection } from '@main/database/connection';
import { recordingRemotes, uploads } from '@main/database/schema';
import { VaultError } from '@main/vault/vault-error';
import { remotesWorld, type RemotesWorld, webdavDraft } from '../../../support/cloud/remotes-world';
import { insertDevice, insertRecording } from '../../../support/sample-rows';

const SECRETS = { pass: 'Ohr-42-wald' };
const never = new AbortController().signal;
let world: RemotesWorld;
beforeEach(() => {
  world = remotesWorld();
  insertDevice(world.connection, 'mic');
});

function audited({ sqlite }: Connection): { actor: string; action: string; text: string }[] {
  return sqlite
    .prepare<[], { actor: string; action: string; text: string }>(
      `select actor, action, coalesce(old_value, '') || coalesce(new_value, '') as text from audit_log order by id`,
    )
    .all();
}

/** A recording that a remote has, with what it is there. */
function copyOf(
  slug: string,
  path: string,
  columns: Partial<typeof recordingRemotes.$inferInsert> = {},
) {
  const { connection, clock } = world;
  const recordingId = insertRecording(connection, { device: 'mic' });
  connection.db
    .insert(recordingRemotes)
    .values({
      recordingId,
      remoteSlug: slug,
      path,
      state: 'verified',
      nextAttemptAtMs: 0,
      sizeBytes: 4,
      ...columns,
    })
    .run();
  connection.db
    .insert(uploads)
    .values({
      recordingId,
      remoteSlug: slug,
      remotePath: path,
      attemptAtMs: clock.wallMs(),
      success: true,
    })
    .run();
  return recordingId;
}

const add = (changes = {}, secrets: Record<string, string> = SECRETS) =>
  world.remotes.add({ draft: webdavDraft(changes), secrets }, 'page');

describe('a remote that is added', () => {
  it('gets what is recorded from now on, and keeps its secrets in the vault alone', async () => {
    const before = insertRecording(world.connection, { device: 'mic' });
    const added = await add();
    expect(added).toMatchObject({
      slug: 'nextcloud',
      secrets: ['pass'],
      state: 'off',
      seeded: false,
    });
    expect(world.remotes.list()).toMatchObject([
      { slug: 'nextcloud', fromId: before, hashes: null },
    ]);
    expect(world.secrets.kept).toEqual(new Map([['nextcloud pass', 'Ohr-42-wald']]));
    const dump = world.connection.sqlite.serialize().toString('latin1');
    expect(dump).toContain('cloud.example.org');
    expect(dump).not.toContain('Ohr-42-wald');
    expect(audited(world.connection)).toMatchObject([{ actor: 'page', action: 'remote.added' }]);
    expect(world.changed).toContain('nextcloud');
  });

  it('is not there when its secret cannot be kept', async () => {
    world.secrets.broken = new VaultError('keyring_locked', 'The keyring is locked.');
    await expect(add()).rejects.toMatchObject({ code: 'NOT_AVAILABLE', data: { reason: 'vault' } });
    expect(world.remotes.all()).toEqual([]);
  });

  it('is not there when something about it cannot be', async () => {
    await expect(add({ options: { url: 'ftp://x' } })).rejects.toMatchObject({
      data: { path: 'options.url' },
    });
    await expect(add({}, { passphrase: 'x' })).rejects.toMatchObject({
      data: { path: 'options.passphrase' },
    });
    const open = { ...webdavDraft().options, pass: 'in the open' };
    await expect(add({ options: open })).rejects.toMatchObject({ data: { path: 'options.pass' } });
    const inside = { type: 'local' as const, options: { path: join(world.dataRoot, 'recorder') } };
    await expect(add(inside, {})).rejects.toMatchObject({ data: { path: 'options.path' } });
    expect(world.remotes.all()).toEqual([]);
    expect(world.secrets.kept.size).toBe(0);
  });

  it('gets a name of its own, and never that of another', async () => {
    await add();
    const second = await add({ options: { url: 'https://b.example.org/' } });
    expect(second.slug).toBe('nextcloud-2');
    const wanted = { draft: webdavDraft(), secrets: SECRETS, slug: 'nextcloud' };
    await expect(world.remotes.add(wanted, 'page')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is one of two when two are added at once', async () => {
    const both = await Promise.all([add(), add()]);
    expect(both.map(({ slug }) => slug)).toEqual(['nextcloud', 'nextcloud-2']);
  });
});

describe('a remote that is changed', () => {
  it('keeps what is not named, secrets too, and opens its place anew', async () => {
    await add({ bandwidthLimit: '1M', window: { startHour: 22, endHour: 6 } });
    const before = await world.remotes.provider('nextcloud');
    await world.remotes.edit('nextcloud', { draft: { name: 'Lab' }, secrets: {} }, 'page');
    expect(await world.remotes.provider('nextcloud')).toBe(before);
    expect(world.remotes.get('nextcloud')).toMatchObject({
      name: 'Lab',
      bandwidthLimit: '1M',
      window: { startHour: 22, endHour: 6 },
    });
    await world.remotes.edit('nextcloud', { draft: {}, secrets: { pass: 'new-one' } }, 'page');
    expect(await world.remotes.provider('nextcloud')).not.toBe(before);
    expect(world.providers.at(-1)?.place.secrets).toEqual({ pass: 'new-one' });
    expect(JSON.stringify(audited(world.connection))).not.toContain('new-one');
  });

  it('goes on after its password was refused, and is tried at once', async () => {
    await add();
    const failure = {
      code: 'AUTH' as const,
      detail: 'said Ohr-42-wald is wrong',
      at: '2026-05-01T12:00:00.000Z',
    };
    world.remotes.stop('nextcloud', 'refused', failure);
    expect(world.remotes.get('nextcloud')).toMatchObject({
      state: 'refused',
      detail: 'said [hidden] is wrong',
      lastFailure: { code: 'AUTH' },
    });
    await world.remotes.edit('nextcloud', { draft: {}, secrets: { pass: 'right' } }, 'page');
    expect(world.remotes.get('nextcloud').state).toBe('off');
    expect(world.retried).toEqual(['nextcloud']);
  });

  it('is not moved away from what it has', async () => {
    await add();
    const path = 'station/mic/2026-05-01/a.flac';
    copyOf('nextcloud', path);
    const elsewhere = { url: 'https://cloud.example.org/other', user: 'bat' };
    const move = (draft: object) => world.remotes.edit('nextcloud', { draft, secrets: {} }, 'page');
    await expect(move({ options: elsewhere })).rejects.toMatchObject({
      data: { path: 'options', problem: expect.stringContaining(path) as string },
    });
    await expect(move({ basePath: 'other' })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    expect(world.remotes.get('nextcloud').options).toEqual(webdavDraft().options);

    // The server was moved with all that is on it.
    const folder = world.providers.findLast(({ place }) => place.options['url'] === elsewhere.url);
    const there = join(folder?.provider.folder ?? '', path);
    mkdirSync(dirname(there), { recursive: true });
    writeFileSync(there, 'flac');
    expect((await move({ options: elsewhere })).options).toEqual(elsewhere);
    expect(world.providers.slice(0, -1).every(({ provider }) => provider.isClosed)).toBe(true);
  });
});

describe('a pause', () => {
  it('takes it out of what counts, weighs more than a refusal, and ends by hand only', async () => {
    await add();
    const active = () =>
      world.connection.sqlite.prepare('select active from storage_remotes').pluck().get();
    world.remotes.stop('nextcloud', 'full', {
      code: 'QUOTA',
      detail: '',
      at: '2026-05-01T12:00:00.000Z',
    });
    expect(active()).toBe(1);
    world.remotes.pauseBy('nextcloud', 'page');
    expect(active()).toBe(0);
    world.remotes.stop('nextcloud', 'refused', {
      code: 'AUTH',
      detail: '',
      at: '2026-05-01T12:00:00.000Z',
    });
    world.remotes.resume('nextcloud');
    expect(world.again().get('nextcloud').state).toBe('paused');
    world.remotes.resumeBy('nextcloud', 'page');
    expect(active()).toBe(1);
    expect(world.remotes.list()[0]?.stoppedFor).toBeNull();
  });
});

describe('a remote that is removed', () => {
  it('is served no more; what it has stays known, and is told beforehand', async () => {
    await add();
    await add({ name: 'Second', options: { url: 'https://b.example.org/' } });
    const gone = copyOf('nextcloud', 'a');
    const goneToo = copyOf('nextcloud', 'a2');
    const onBoth = copyOf('nextcloud', 'b');
    copyOf('nextcloud', 'c');
    copyOf('nextcloud', 'd', { state: 'queued' });
    const { connection } = world;
    connection.db
      .insert(recordingRemotes)
      .values({
        recordingId: onBoth,
        remoteSlug: 'second',
        path: 'b',
        state: 'verified',
        nextAttemptAtMs: 0,
      })
      .run();
    connection.sqlite
      .prepare('update recordings set local_deleted = 1 where id in (?, ?, ?)')
      .run(gone, goneToo, onBoth);
    const plan = { copies: 4, onlyThere: 2 };
    expect(await world.remotes.removalPlan('nextcloud')).toMatchObject(plan);
    expect(world.remotes.list()).toHaveLength(2);
    expect(await world.remotes.remove('nextcloud', 'page')).toMatchObject(plan);
    expect(world.remotes.list().map(({ slug }) => slug)).toEqual(['second']);
    expect(() => world.remotes.get('nextcloud')).toThrow('There is no remote');
    const kept = connection.sqlite
      .prepare(
        "select count(*) from recording_remotes where remote_slug = 'nextcloud' and state = 'verified'",
      )
      .pluck();
    expect(kept.get()).toBe(4);
  });

  it('is the same again at the same place, and another one at another', async () => {
    await add();
    copyOf('nextcloud', 'a');
    await world.remotes.remove('nextcloud', 'page');
    expect(await add({ options: { url: 'https://b.example.org/' } })).toMatchObject({
      slug: 'nextcloud-2',
      verified: 0,
    });
    expect(await add({ name: 'Other name' })).toMatchObject({ slug: 'nextcloud', verified: 1 });
    const newest = insertRecording(world.connection, { device: 'mic' }) - 1;
    expect(world.remotes.list().find(({ slug }) => slug === 'nextcloud')?.fromId).toBe(newest);
  });
});

describe('a backfill', () => {
  it('counts what it has not, and looks through all from the beginning', async () => {
    insertRecording(world.connection, { device: 'mic' });
    insertRecording(world.connection, { device: 'mic', localDeleted: true });
    insertRecording(world.connection, { device: 'mic', deletedAtMs: 1 });
    await add();
    copyOf('nextcloud', 'a');
    copyOf('nextcloud', 'b', { state: 'given_up' });
    expect(await world.remotes.backfill('nextcloud', 'page')).toEqual({ recordings: 2 });
    const at = world.connection.sqlite
      .prepare('select from_id, through_id from storage_remotes')
      .get();
    expect(at).toEqual({ from_id: 0, through_id: 0 });
    expect(world.retried).toEqual(['nextcloud']);
  });
});

describe('what a remote says of itself', () => {
  it('is a few lookups however much it has', async () => {
    await add();
    copyOf('nextcloud', 'a');
    copyOf('nextcloud', 'b', { state: 'failed' });
    copyOf('nextcloud', 'c', { state: 'given_up' });
    copyOf('nextcloud', 'd', { state: 'queued' });
    const { sqlite } = world.connection;
    const newest = sqlite.prepare('select max(id) from recordings').pluck().get();
    sqlite.prepare('update storage_remotes set through_id = ?').run(newest);
    insertRecording(world.connection, { device: 'mic' }); // not looked at yet
    expect(world.remotes.get('nextcloud')).toMatchObject({
      waiting: 3,
      failed: 1,
      givenUp: 1,
      verified: 1,
    });
    sqlite.prepare("update recording_remotes set state = 'verified' where path = 'd'").run();
    sqlite.prepare("delete from recording_remotes where path = 'b'").run();
    expect(world.remotes.get('nextcloud')).toMatchObject({ waiting: 1, failed: 0, verified: 2 });
  });

  it('foresees when nothing waits any more, from the last hours', async () => {
    await add();
    const { clock, connection } = world;
    for (let n = 0; n < 60; n += 1) {
      await clock.advance(60_000);
      copyOf('nextcloud', `a${String(n)}`); // one a minute
    }
    for (let n = 0; n < 30; n += 1) copyOf('nextcloud', `q${String(n)}`, { state: 'queued' });
    connection.sqlite.exec('update storage_remotes set through_id = 1000');
    const figures = new RemoteFigures(connection, clock);
    const inMinutes = ((figures.of('nextcloud').caughtUpAtMs ?? 0) - clock.wallMs()) / 60_000;
    expect(inMinutes).toBeGreaterThan(15);
    expect(inMinutes).toBeLessThan(31);
    // It is off: of that nothing is told.
    expect(world.remotes.get('nextcloud').caughtUpAt).toBeNull();
  });
});

describe('a test', () => {
  it('says what it did, and leaves nothing there and nothing here', async () => {
    const tested = await world.remotes.test({ draft: webdavDraft(), secrets: SECRETS }, never);
    expect(tested).toMatchObject({
      ok: true,
      failure: null,
      room: { total: 100, used: 40, free: 60 },
      capabilities: { hashes: ['md5'] },
    });
    expect(tested.steps.map(({ step }) => step)).toEqual([
      'connect',
      'write',
      'read_back',
      'remove',
      'room',
    ]);
    expect(world.providers[0]?.provider.isClosed).toBe(true);
    expect(world.remotes.all()).toEqual([]);
    expect(world.secrets.kept.size).toBe(0);
  });

  it('uses the secrets that are kept, and lets a refused one go on that works again', async () => {
    await add();
    world.remotes.stop('nextcloud', 'refused', {
      code: 'AUTH',
      detail: '',
      at: '2026-05-01T12:00:00.000Z',
    });
    const draft = webdavDraft({ basePath: 'elsewhere' });
    await world.remotes.test({ slug: 'nextcloud', draft, secrets: { pass: 'other' } }, never);
    expect(world.providers.at(-1)?.place.secrets).toEqual({ pass: 'other' });
    expect(world.remotes.get('nextcloud').state).toBe('refused');
    await world.remotes.test({ slug: 'nextcloud', secrets: {} }, never);
    expect(world.providers.at(-1)?.place.secrets).toEqual(SECRETS);
    expect(world.remotes.get('nextcloud')).toMatchObject({
      state: 'off',
      capabilities: { hashes: ['md5'] },
    });
  });
});

describe('the secrets of a remote', () => {
  it('that cannot be had cost it no refusal, and are looked for again', async () => {
    await add();
    const after = world.again();
    world.secrets.broken = new VaultError('keyring_locked', 'The keyring is locked.');
    await expect(after.provider('nextcloud')).rejects.toMatchObject({ code: 'OFFLINE' });
    world.secrets.broken = null;
    expect(await after.provider('nextcloud')).toBeDefined();
  });

  it('that are in no vault any more are asked of a person', async () => {
    await add();
    world.secrets.kept.clear();
    await expect(world.again().provider('nextcloud')).rejects.toMatchObject({ code: 'AUTH' });
    await expect(world.again().provider('nextcloud')).rejects.toBeInstanceOf(CloudError);
  });
});

describe('the remote of the environment', () => {
  const seed: EnvironmentSeed = {
    kind: 'remote',
    type: 'webdav',
    options: { url: 'https://fleet.example.org/dav', user: 'fleet' },
    secrets: { pass: 'first' },
  };

  it('is added once, and its password is overwritten with every start', async () => {
    await world.remotes.seed(seed);
    const [added] = world.remotes.all();
    expect(added).toMatchObject({ slug: 'fleet-example-org', seeded: true });
    const again = world.again();
    again.stop('fleet-example-org', 'refused', {
      code: 'AUTH',
      detail: '',
      at: '2026-05-01T12:00:00.000Z',
    });
    await again.seed({ ...seed, secrets: { pass: 'second' } });
    expect(again.all()).toMatchObject([{ slug: 'fleet-example-org', state: 'off' }]);
    await again.provider('fleet-example-org');
    expect(world.providers.at(-1)?.place.secrets).toEqual({ pass: 'second' });
  });

  it('counts even where the vault takes nothing', async () => {
    world.secrets.broken = new VaultError('no_session_bus', 'There is no keyring.');
    await world.remotes.seed(seed);
    expect(world.remotes.all()).toHaveLength(1);
    expect(world.logger.events()).toContain('remotes.secret_not_kept');
  });

  it('at another place is another remote; what the first has stays its own', async () => {
    await world.remotes.seed(seed);
    copyOf('fleet-example-org', 'a');
    await world.remotes.seed({ ...seed, options: { ...seed.options, user: 'other' } });
    expect(world.remotes.all()).toMatchObject([
      { slug: 'fleet-example-org-2', seeded: true, verified: 0 },
    ]);
    await world.remotes.seed(seed);
    expect(world.remotes.all()).toMatchObject([{ slug: 'fleet-example-org', verified: 1 }]);
  });

  it('changes nothing when it is refused, and stays when it is said no more', async () => {
    await world.remotes.seed(seed);
    await world.remotes.seed({ kind: 'refused', problem: 'Half of it is missing.' });
    expect(world.remotes.all()).toHaveLength(1);
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'Half of it is missing.' },
    ]);
    await world.remotes.seed({ kind: 'none' });
    expect(world.remotes.all()).toMatchObject([{ seeded: false }]);
  });
});
