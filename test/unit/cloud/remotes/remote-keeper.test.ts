import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Copy } from '@shared/model/custody';
import { CloudError } from '@main/cloud/provider';
import { RemoteKeeper } from '@main/cloud/remotes/remote-keeper';
import { recordingRemotes } from '@main/database/schema';
import { VaultError } from '@main/vault/vault-error';
import { remotesWorld, type RemotesWorld, webdavDraft } from '../../../support/cloud/remotes-world';
import { insertDevice, insertRecording } from '../../../support/sample-rows';
import { soon } from '../../../support/soon';

let world: RemotesWorld;
beforeEach(() => {
  world = remotesWorld();
  insertDevice(world.connection, 'mic');
});

function keeper(): RemoteKeeper {
  const { connection, clock, logger, remotes } = world;
  const service = new RemoteKeeper({
    connection,
    clock,
    logger,
    remotes,
    seed: () => ({ kind: 'none' }),
  });
  onTestFinished(() => service.stop());
  return service;
}

const add = () => world.remotes.add({ draft: webdavDraft(), secrets: { pass: 'x-1-2-3' } }, 'page');

function copies(state: Copy['state'], count: number): void {
  for (let n = 0; n < count; n += 1) {
    world.connection.db
      .insert(recordingRemotes)
      .values({
        recordingId: insertRecording(world.connection, { device: 'mic' }),
        remoteSlug: 'nextcloud',
        path: `${state}-${String(n)}`,
        state,
        nextAttemptAtMs: 0,
      })
      .run();
  }
}

function states(): Record<string, number> {
  const rows = world.connection.sqlite
    .prepare<[], [string, number]>('select state, count(*) from recording_remotes group by state')
    .raw()
    .all();
  return Object.fromEntries(rows);
}

describe('of a remote that was removed', () => {
  it('what waited is forgotten, and what it has is not', async () => {
    await add();
    for (const state of [
      'queued',
      'failed',
      'given_up',
      'uploading',
      'uploaded',
      'verified',
    ] as const)
      copies(state, 3);
    copies('remote_deleted', 1);
    await world.remotes.remove('nextcloud', 'page');
    await keeper().start();
    await soon(() => {
      expect(states()).toEqual({ uploaded: 3, verified: 3, remote_deleted: 1 });
    });
  });

  it('what waits is left to it when it is added again meanwhile', async () => {
    await add();
    const { sqlite } = world.connection;
    sqlite.transaction(() => {
      copies('queued', 1200);
    })();
    await world.remotes.remove('nextcloud', 'page');
    const left = sqlite.prepare<[], number>('select count(*) from recording_remotes').pluck();
    const service = keeper();
    await service.start();
    while (left.get() === 1200) await nextTurn();
    world.remotes.rows.update('nextcloud', { removedAtMs: null, active: true }, null);
    const then = left.get() ?? 0;
    expect(then).toBeGreaterThan(0);
    service.nudge();
    await soon(() => {
      expect(world.remotes.all()[0]?.capabilities).not.toBeNull();
    });
    expect(left.get()).toBe(then);
  });

  it('the secrets go, as soon as the vault can be reached', async () => {
    await add();
    world.secrets.broken = new VaultError('keyring_locked', 'The keyring is locked.');
    await world.remotes.remove('nextcloud', 'page');
    const service = keeper();
    await service.start();
    await soon(() => {
      expect(world.logger.events()).toContain('remotes.secret_not_removed');
    });
    expect(world.secrets.kept.size).toBe(1);
    world.secrets.broken = null;
    service.nudge();
    await soon(() => {
      expect(world.secrets.kept.size).toBe(0);
    });
    expect(world.remotes.rows.all()).toMatchObject([{ secretNames: [] }]);
  });
});

describe('what a remote can do', () => {
  it('is asked once a day, and again when nobody answered', async () => {
    await add();
    const provider = world.providers[0]?.provider;
    expect(provider?.isClosed).toBe(true); // the one that only checked its options
    await world.remotes.provider('nextcloud');
    const open = world.providers[1]?.provider;
    if (open !== undefined) open.broken = new CloudError('OFFLINE', 'nobody there');
    const service = keeper();
    await service.start();
    await soon(() => {
      expect(world.logger.events()).toContain('remotes.not_asked');
    });
    expect(world.remotes.all()[0]?.capabilities).toBeNull();
    if (open !== undefined) open.broken = null;
    await soon(async () => {
      await world.clock.advance(300_000);
      expect(world.remotes.all()[0]?.capabilities).toMatchObject({ hashes: ['md5'] });
    });
    expect(world.remotes.list()[0]?.hashes).toEqual(['md5']);
    expect(service.status()).toMatchObject({ state: 'ok', counters: { remotes: 1 } });
  });
});
