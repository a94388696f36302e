import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, renameSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Transfer } from '@shared/model/upload';
import { CloudError } from '@main/cloud/provider';
import type { Uploader, UploaderOptions } from '@main/cloud/uploading/uploader';
import { memoryProvider } from '../../../support/cloud/memory-provider';
import { type UploadingWorld, uploadingWorld } from '../../../support/cloud/uploading-world';
import { FakeClock } from '../../../support/fake-clock';
import { soon } from '../../../support/soon';

const HOUR_MS = 3_600_000;

/** A world whose time stands in the test's hands, and that spends none on encoding. */
function quickWorld(wallMs?: number): UploadingWorld & {
  readonly clock: FakeClock;
  readonly encoded: string[];
  readonly quick: Partial<UploaderOptions>;
  /** Lets time pass until something holds. */
  until(expectation: () => void): Promise<void>;
} {
  const clock = new FakeClock(wallMs);
  const encoded: string[] = [];
  const world = uploadingWorld(clock);
  world.settings.cloud_sync.poll_interval = 60;
  const quick: Partial<UploaderOptions> = {
    flac: {
      encode: async (from, to) => {
        encoded.push(from);
        await copyFile(from, to);
        return { ok: true };
      },
    },
    digest: async (path) => {
      const bytes = await readFile(path);
      const hash = (kind: string): string => createHash(kind).update(bytes).digest('hex');
      return { sha256: hash('sha256'), md5: hash('md5') };
    },
    closeDigest: () => Promise.resolve(),
  };
  const until = async (expectation: () => void): Promise<void> => {
    await soon(async () => {
      await clock.advance(1_000);
      expectation();
    });
  };
  return Object.assign(world, { clock, encoded, quick, until });
}

const allVerified = (world: UploadingWorld, slug: string, count: number) => (): void => {
  expect(world.states(slug)).toEqual({ verified: count });
};

describe('uploading', () => {
  it('encodes a recording once for all remotes, four are on their way at a time, and nothing is left over', async () => {
    const world = quickWorld();
    const [a, b] = [memoryProvider(), memoryProvider()];
    for (const provider of [a, b]) provider.hangs = true;
    world.remotes.add('a', a);
    world.remotes.add('b', b);
    for (let n = 0; n < 12; n += 1) world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect([a.now.sending, b.now.sending]).toEqual([4, 4]);
      expect(world.encoded).toHaveLength(10); // and six ahead
    });
    for (const provider of [a, b]) provider.hangs = false;
    await world.until(allVerified(world, 'a', 12));
    await world.until(allVerified(world, 'b', 12));
    expect([a.now.most, b.now.most]).toEqual([4, 4]);
    expect(new Set(world.encoded).size).toBe(12);
    // The oldest first, but for those that are on their way together.
    for (const [at, path] of [...a.uploads].sort().entries()) {
      expect(Math.abs(a.uploads.indexOf(path) - at)).toBeLessThan(4);
    }
    expect(readdirSync(join(world.root, 'encoding'))).toEqual([]);
    expect(uploader.transfers()).toEqual([]);
    expect(uploader.status()).toMatchObject({
      state: 'ok',
      counters: { pending_count: 0, uploaded_count: 24, failed_count: 0 },
    });
  });

  it('breaks off what is on its way when a remote is paused, and loses nothing by it', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.hangs = true;
    world.remotes.add('there', there);
    for (let n = 0; n < 3; n += 1) world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(there.now.sending).toBe(3);
      expect(uploader.activity('there')?.state).toBe('uploading');
    });
    world.remotes.change('there', { stoppedFor: 'pause' });
    await world.until(() => {
      expect(there.now.sending).toBe(0);
      expect(uploader.activity('there')?.state).toBe('paused');
    });
    expect(world.attempts()).toEqual([]);
    expect(world.states('there')).toEqual({ queued: 3 });
    there.hangs = false;
    world.remotes.change('there', { stoppedFor: null });
    await world.until(allVerified(world, 'there', 3));
  });

  it('ends at once, whatever hangs', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.hangs = true;
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(there.now.sending).toBe(1);
    });
    await uploader.stop();
    expect(there.now.sending).toBe(0);
    expect(world.clock.sleeping).toBe(0);
    expect(world.states('there')).toEqual({ queued: 1 });
    expect(uploader.status().state).toBe('stopped');
  });

  it('stands back while recording needs the machine', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.hangs = true;
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    let why = '';
    const uploader = await world.start({ ...world.quick, standsBack: () => why });
    await world.until(() => {
      expect(there.now.sending).toBe(1);
    });
    why = 'A recorder lost sound a moment ago.';
    await world.until(() => {
      expect(there.now.sending).toBe(0);
      expect(uploader.activity('there')).toMatchObject({ state: 'resting', detail: why });
    });
    [why, there.hangs] = ['', false];
    await world.until(allVerified(world, 'there', 1));
  });

  it('keeps to the hours of a remote, also of a night in which the clocks are changed', async () => {
    // 23:30 in Berlin; at 3:00 it is 2:00 again, and the window ends after eight and a half hours, not seven and a half.
    const world = quickWorld(Date.parse('2026-10-24T21:30:00Z'));
    world.settings.system.timezone = 'Europe/Berlin';
    const there = memoryProvider();
    world.remotes.add('there', there, { window: { startHour: 22, endHour: 7 } });
    world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(allVerified(world, 'there', 1));
    await world.clock.advance(8 * HOUR_MS);
    world.record({ seconds: 0.01 });
    await world.until(allVerified(world, 'there', 2));
    await world.clock.advance(HOUR_MS);
    world.record({ seconds: 0.01 });
    await world.until(() => {
      expect(uploader.activity('there')).toMatchObject({
        state: 'waiting_for_window',
        untilMs: Date.parse('2026-10-25T21:00:00Z'),
      });
    });
    expect(there.uploads).toHaveLength(2);
    await world.clock.advance(15 * HOUR_MS);
    await world.until(allVerified(world, 'there', 3));
  });

  it('serves no more remotes than it may, and the next one when one is paused', async () => {
    const world = quickWorld();
    world.settings.cloud_sync.max_uploaders = 1;
    world.remotes.add('a', memoryProvider());
    world.remotes.add('b', memoryProvider());
    world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(allVerified(world, 'a', 1));
    expect(uploader.activity('b')?.state).toBe('off');
    world.remotes.change('a', { stoppedFor: 'pause' });
    await world.until(allVerified(world, 'b', 1));
  });

  it('sends nothing while it is switched off, and takes nothing into its queue', async () => {
    const world = quickWorld();
    world.settings.cloud_sync.enabled = false;
    const there = memoryProvider();
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.clock.advance(60_000);
    expect(uploader.activity('there')?.state).toBe('off');
    expect(uploader.status()).toMatchObject({
      state: 'ok',
      details: 'Cloud sync is switched off.',
    });
    expect(world.states('there')).toEqual({});
    expect(there.uploads).toEqual([]);
  });

  it('keeps a limit of bandwidth by sending one at a time under it', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    world.settings.cloud_sync.bandwidth_limit = '1M';
    world.remotes.add('there', there);
    for (let n = 0; n < 4; n += 1) world.record({ seconds: 0.01 });
    await world.start(world.quick);
    await world.until(allVerified(world, 'there', 4));
    expect(there.now.most).toBe(1);
    expect(new Set(there.limits)).toEqual(new Set(['1M']));
  });

  it('tells of a remote that was not reached for two hours, once, until it is', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.fails = new CloudError('OFFLINE', 'no route to host');
    world.remotes.add('there', there);
    for (let n = 0; n < 20; n += 1) world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.clock.advance(1.9 * HOUR_MS);
    expect([...world.alerts]).toEqual([]);
    await world.until(() => {
      expect(uploader.activity('there')?.state).toBe('offline');
    });
    await world.clock.advance(0.3 * HOUR_MS);
    await world.until(() => {
      expect([...world.alerts]).toEqual(['cloud.unreachable there']);
    });
    // Every five minutes one is tried, and no more.
    expect(there.uploads.length).toBeLessThan(45);
    expect(
      world.connection.sqlite.prepare('select max(attempts) from recording_remotes').pluck().get(),
    ).toBe(0);
    there.fails = null;
    await world.clock.advance(300_000);
    await world.until(allVerified(world, 'there', 20));
    expect([...world.alerts]).toEqual([]);
  });

  it('waits for a person when the password is refused, and goes on when it is mended', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.fails = new CloudError('AUTH', '401 Unauthorized');
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(uploader.activity('there')?.state).toBe('refused');
    });
    await world.clock.advance(3 * HOUR_MS);
    expect(there.uploads).toHaveLength(1);
    expect([...world.alerts]).toEqual(['cloud.refused there']);
    there.fails = null;
    world.remotes.change('there', { stoppedFor: null });
    await world.until(allVerified(world, 'there', 1));
    expect([...world.alerts]).toEqual([]);
  });

  it('does not take one refusal after an outage for its last word', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.fails = new CloudError('OFFLINE', 'no route to host');
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(there.uploads.length).toBeGreaterThan(3);
    });
    // The page of a provider that wants a log-in, while the modem connects.
    there.fails = new CloudError('FORBIDDEN', '403 Forbidden');
    const before = there.uploads.length;
    await world.until(() => {
      expect(there.uploads.length).toBe(before + 1);
    });
    there.fails = null;
    await world.until(allVerified(world, 'there', 1));
    expect(uploader.activity('there')?.state).not.toBe('refused');
  });

  it('looks now and then whether a full remote has room again', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.fails = new CloudError('QUOTA', 'no space left');
    world.remotes.add('there', there);
    for (let n = 0; n < 6; n += 1) world.record({ seconds: 0.01 });
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(uploader.activity('there')?.state).toBe('full');
    });
    const tried = there.uploads.length;
    await world.clock.advance(1_700_000);
    expect(there.uploads).toHaveLength(tried);
    await world.clock.advance(200_000);
    await world.until(() => {
      expect(there.uploads).toHaveLength(tried + 1);
    });
    there.fails = null;
    await world.clock.advance(1_900_000);
    await world.until(allVerified(world, 'there', 6));
    expect(world.remotes.list()[0]?.stoppedFor).toBeNull();
    expect([...world.alerts]).toEqual([]);
  });

  it('does not let some that nobody takes hold up the others', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    const ids = Array.from({ length: 16 }, () => world.record({ seconds: 0.01 }));
    const poison = new Set(
      ids.slice(0, 12).map((id) => world.localFile(id).split('/').at(-1)?.replace('.wav', '.flac')),
    );
    const { upload } = there;
    world.remotes.add('there', {
      ...there,
      upload: (file, path, options) => {
        if (poison.has(path.split('/').at(-1))) {
          return Promise.reject(new CloudError('TIMEOUT', 'too slow'));
        }
        return upload(file, path, options);
      },
    });
    await world.start(world.quick);
    await world.clock.advance(2 * HOUR_MS);
    await world.until(() => {
      for (const id of ids.slice(12)) expect(world.copy(id, 'there')?.['state']).toBe('verified');
    });
  });

  it('finds what left the bin, what is here again, and what is complete since a remote was paused', async () => {
    const world = quickWorld();
    world.remotes.add('a', memoryProvider());
    const b = memoryProvider();
    b.fails = new CloudError('OFFLINE', 'nobody there');
    world.remotes.add('b', b);
    const [normal, binned, lost] = [
      world.record({ seconds: 0.01 }),
      world.record({ seconds: 0.01 }),
      world.record({ seconds: 0.01 }),
    ];
    const set = world.connection.sqlite.prepare(
      'update recordings set deleted_at_ms = ? where id = ?',
    );
    set.run(1, binned);
    const away = `${world.localFile(lost)}.away`;
    renameSync(world.localFile(lost), away);
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(world.copy(normal, 'a')?.['state']).toBe('verified');
    });
    for (let n = 0; n < 3; n += 1) {
      await uploader.retry('a');
      await world.until(() => {
        expect(world.copy(lost, 'a')?.['attempts']).toBe(n + 1);
      });
    }
    expect(world.copy(lost, 'a')).toMatchObject({ state: 'given_up', error_code: 'LOCAL_MISSING' });
    expect(world.copy(binned, 'a')).toBeUndefined();
    expect(world.isUploaded(normal)).toBe(false);
    set.run(null, binned);
    copyFileSync(away, world.localFile(lost));
    world.remotes.change('b', { stoppedFor: 'pause' });
    await world.until(() => {
      for (const id of [normal, binned, lost]) expect(world.isUploaded(id)).toBe(true);
    });
  });

  it('follows a file whose time was corrected while it waited', async () => {
    const world = quickWorld();
    world.remotes.add('there', memoryProvider());
    const id = world.record({ seconds: 0.01 });
    const other = world.localFile(id).replace('12-00-00', '11-59-00');
    const { flac } = world.quick;
    await world.start({
      ...world.quick,
      flac: {
        encode: async (from, to, size, signal) => {
          // Renamed between the look and the encoding.
          if (from === world.localFile(id) && from !== other) {
            renameSync(from, other);
            world.connection.sqlite
              .prepare('update recordings set raw_path = ? where id = ?')
              .run(other.slice(world.root.length + 1), id);
            return { ok: false, reason: 'cannot open' };
          }
          return flac?.encode(from, to, size, signal) ?? { ok: false, reason: '' };
        },
      },
    });
    await world.until(() => {
      expect(world.copy(id, 'there')).toMatchObject({ state: 'verified', attempts: 1 });
    });
    // Where it was to lie stays as it was.
    expect(world.copy(id, 'there')?.['path']).toContain('12-00-00');
    expect(world.attempts()).toHaveLength(1);
  });

  it('tells of what moves, and of each upload at first, then in sums', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    there.hangs = true;
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    const settled: unknown[] = [];
    world.bus.on('upload.settled', (upload) => settled.push(upload));
    const uploader: Uploader = await world.start(world.quick);
    const watching = new AbortController();
    const seen: Transfer[][] = [];
    const watched = (async () => {
      for await (const transfers of uploader.watch(watching.signal)) seen.push(transfers);
    })();
    await world.until(() => {
      expect(seen.at(-1)).toMatchObject([{ remote: 'there', stage: 'sending', direction: 'up' }]);
      expect(uploader.isInUse(seen.at(-1)?.[0]?.recordingId ?? 0)).toBe(true);
    });
    there.hangs = false;
    await world.until(() => {
      expect(seen.at(-1)).toEqual([]);
    });
    watching.abort();
    await watched;
    await world.until(allVerified(world, 'there', 1));
    expect(settled).toEqual([{ remote: 'there', recordingId: 1, success: true }]);
    expect(world.logger.events().filter((event) => event === 'upload.completed')).toHaveLength(1);
    await world.clock.advance(301_000);
    world.record({ seconds: 0.01 });
    await world.until(allVerified(world, 'there', 2));
    await world.clock.advance(301_000);
    await uploader.stop();
    const { lines } = world.logger;
    expect(lines.filter(({ event }) => event === 'upload.completed')).toHaveLength(1);
    expect(
      lines
        .filter(({ event }) => event === 'upload.summary')
        .map(({ fields }) => fields['uploaded']),
    ).toEqual([1, 1]);
    expect(lines.at(-1)).toMatchObject({ event: 'upload.final_summary', fields: { uploaded: 2 } });
  });

  it('sends again what could not be written down, and finds that it is there', async () => {
    const world = quickWorld();
    const there = memoryProvider();
    world.remotes.add('there', there);
    world.record({ seconds: 0.01 });
    world.connection.sqlite.exec(
      "create trigger full before insert on uploads begin select raise(abort, 'disk full'); end",
    );
    await world.start(world.quick);
    await world.until(() => {
      expect(world.logger.events()).toContain('upload.not_written');
    });
    world.connection.sqlite.exec('drop trigger full');
    await world.until(allVerified(world, 'there', 1));
    expect(there.uploads).toHaveLength(1);
    expect(world.attempts()).toMatchObject([{ message: 'It was there already.' }]);
  });
});

describe('the history of uploads', () => {
  it('is told by pages, the newest first, by whatever is asked for', async () => {
    const world = quickWorld();
    const [a, b] = [memoryProvider(), memoryProvider()];
    b.fails = new CloudError('UNKNOWN', 'odd');
    world.remotes.add('a', a);
    world.remotes.add('b', b);
    const ids = [world.record({ seconds: 0.01 }), world.record({ seconds: 0.01 })];
    const uploader = await world.start(world.quick);
    await world.until(() => {
      expect(world.attempts()).toHaveLength(4);
    });
    const all = uploader.attempts({}, null, 10);
    expect(all).toHaveLength(4);
    const [first] = all;
    if (first === undefined) throw new Error('there is one');
    const rest = uploader.attempts({}, { timeMs: Date.parse(first.at), id: first.id }, 10);
    expect(rest).toEqual(all.slice(1));
    expect(uploader.attempts({ remote: 'b' }, null, 10).map(({ code }) => code)).toEqual([
      'UNKNOWN',
      'UNKNOWN',
    ]);
    expect(uploader.attempts({ remote: 'b', success: true }, null, 10)).toEqual([]);
    expect(uploader.attempts({ success: false, code: 'UNKNOWN' }, null, 10)).toHaveLength(2);
    expect(uploader.attempts({ recordingId: ids[0] ?? 0, success: true }, null, 10)).toHaveLength(
      1,
    );
    expect(
      uploader.attempts({ from: new Date(world.clock.wallMs() + 1).toISOString() }, null, 10),
    ).toEqual([]);
  });
});
