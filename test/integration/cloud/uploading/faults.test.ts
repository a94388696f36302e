import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CloudProvider } from '@main/cloud/provider';
import type { Fault } from '../../../support/cloud/dav-server';
import { serveDav } from '../../../support/cloud/dav-server';
import {
  notYetValid,
  refusingRemote,
  silentRemote,
  unknownHost,
} from '../../../support/cloud/dead-ends';
import { providerFor } from '../../../support/cloud/provider-for';
import { folderRemote } from '../../../support/cloud/served-remote';
import { uploadingWorld } from '../../../support/cloud/uploading-world';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';

const IMPATIENT = { patience: { connectMs: 1_000, silentMs: 1_500 } };

it('whatever is wrong with other remotes, a good one has everything, and each says what is wrong with it', async () => {
  const world = uploadingWorld();
  world.settings.cloud_sync.max_uploaders = 16;
  const answering = async (status: number, headers: Record<string, string> = {}) => {
    const server = await serveDav();
    const fault: Fault = { kind: 'answers', status, headers };
    server.faults.push({ method: 'PUT', fault });
    return server;
  };
  const wrongPassword = await serveDav();
  wrongPassword.password = 'another one';
  const full = await serveDav();
  full.quota = { used: 1, free: 1 };
  full.faults.push({ method: 'PUT', fault: { kind: 'answers', status: 500 } });
  const broken = {
    refused: await refusingRemote(),
    silent: await silentRemote(),
    nowhere: unknownHost(),
    'not-yet-valid': await notYetValid(),
    'wrong-password': wrongPassword,
    forbidden: await answering(403),
    locked: await answering(423),
    'no-space': await answering(507),
    busy: await answering(429, { 'Retry-After': '120' }),
    full,
  };
  for (const [slug, remote] of Object.entries(broken)) {
    world.remotes.add(slug, providerFor(remote, IMPATIENT));
  }
  world.remotes.add('good', providerFor(folderRemote(temporaryFolder())));
  // Of those that are sent together the failure counts once.
  const ids = Array.from({ length: 6 }, () => world.record());
  const uploader = await world.start();
  for (const id of ids) {
    await soon(() => {
      expect(world.copy(id, 'good')?.['state']).toBe('verified');
    });
    // The broken ones are to have it, too.
    expect(world.isUploaded(id)).toBe(false);
  }
  const code = (slug: string) => uploader.activity(slug)?.lastFailure?.code;
  const expected = {
    refused: ['OFFLINE', 'offline'],
    silent: ['TIMEOUT', 'offline'],
    nowhere: ['OFFLINE', 'offline'],
    'not-yet-valid': ['TLS_CLOCK', 'offline'],
    'wrong-password': ['AUTH', 'refused'],
    forbidden: ['FORBIDDEN', 'refused'],
    'no-space': ['QUOTA', 'full'],
    busy: ['RATE_LIMITED', 'offline'],
    locked: ['RATE_LIMITED', 'offline'],
    full: ['QUOTA', 'full'],
  } as const;
  for (const [slug, [wanted, state]] of Object.entries(expected)) {
    await soon(() => {
      expect([code(slug), uploader.activity(slug)?.state], slug).toEqual([wanted, state]);
    });
  }
  // Recordings that are not at fault lose none of their tries.
  const tried = (slug: string) =>
    ids.map((id) => Number(world.copy(id, slug)?.['attempts'] ?? 0)).reduce((a, b) => a + b);
  for (const slug of Object.keys(broken).filter((each) => each !== 'forbidden')) {
    expect(tried(slug), slug).toBe(0);
  }
  expect(tried('forbidden')).toBeGreaterThan(0);
  expect(world.remotes.stopped.map(({ slug, why }) => `${slug} ${why}`).sort()).toEqual([
    'forbidden refused',
    'full full',
    'no-space full',
    'wrong-password refused',
  ]);
  expect([...world.alerts].sort()).toEqual([
    'cloud.clock not-yet-valid',
    'cloud.full full',
    'cloud.full no-space',
    'cloud.refused forbidden',
    'cloud.refused wrong-password',
  ]);
  // Once those that are broken are gone, the good one alone decides.
  for (const slug of Object.keys(broken)) world.remotes.remove(slug);
  for (const id of ids) {
    await soon(() => {
      expect(world.isUploaded(id)).toBe(true);
    });
  }
  await soon(() => {
    expect(world.alerts.size).toBe(0);
  });
});

it.each<[string, Fault]>([
  ['keeps less than it was given', { kind: 'truncates', toBytes: 100 }],
  ['keeps other bytes', { kind: 'corrupts' }],
  ['goes away in the middle', { kind: 'breaks', afterBytes: 2_000 }],
])(
  'a server that %s and says nothing of it is found out, and given it again',
  async (_name, fault) => {
    const world = uploadingWorld();
    const server = await serveDav();
    server.faults.push({ method: 'PUT', fault });
    world.remotes.add('there', providerFor(server, IMPATIENT));
    const id = world.record();
    const uploader = await world.start();
    await soon(() => {
      expect(world.attempts()).toMatchObject([{ success: 0 }]);
    });
    expect(world.isUploaded(id)).toBe(false);
    expect(['queued', 'failed']).toContain(world.copy(id, 'there')?.['state']);
    server.faults.length = 0;
    await uploader.retry('there');
    await soon(() => {
      expect(world.copy(id, 'there')).toMatchObject({ state: 'verified' });
    });
    expect(world.isUploaded(id)).toBe(true);
  },
);

it('what was stored before the console was killed is not sent a second time', async () => {
  const world = uploadingWorld();
  const server = await serveDav();
  const provider = providerFor(server);
  world.remotes.add('there', provider);
  const id = world.record();
  let isStored = false;
  // Killed after the last byte, before anything was written down.
  const uploadAndHang: CloudProvider['upload'] = async (file, path, options) => {
    await provider.upload(file, path, options);
    isStored = true;
    return new Promise((_resolve, reject) => {
      options.signal.addEventListener('abort', () => {
        reject(new Error('killed'));
      });
    });
  };
  world.remotes.providers.set(
    'there',
    new Proxy(provider, {
      get: (target, name) => {
        if (name === 'upload') return uploadAndHang;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    }),
  );
  const killed = await world.start();
  await soon(() => {
    expect(isStored).toBe(true);
  });
  await killed.stop();
  expect(world.attempts()).toEqual([]);
  world.remotes.providers.set('there', provider);
  await world.start();
  await soon(() => {
    expect(world.copy(id, 'there')).toMatchObject({ state: 'verified' });
  });
  expect(world.attempts()).toMatchObject([{ success: 1, message: 'It was there already.' }]);
  expect(server.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
});

it('a file that is gone costs the others nothing, and is given up', async () => {
  const world = uploadingWorld();
  world.remotes.add('there', providerFor(folderRemote(temporaryFolder())));
  const [gone, here] = [world.record(), world.record()];
  rmSync(world.localFile(gone));
  const uploader = await world.start();
  await soon(() => {
    expect(world.copy(here, 'there')?.['state']).toBe('verified');
    expect(world.copy(gone, 'there')).toMatchObject({
      state: 'failed',
      error_code: 'LOCAL_MISSING',
    });
  });
  await uploader.retry('there');
  await soon(() => {
    expect(world.copy(gone, 'there')).toMatchObject({ attempts: 2 });
  });
  await uploader.retry('there');
  await soon(() => {
    expect(world.copy(gone, 'there')).toMatchObject({ attempts: 3, state: 'given_up' });
  });
  expect(world.isUploaded(gone)).toBe(false);
});
