import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import type { CloudProvider } from '@main/cloud/provider';
import { Custody } from '@main/cloud/custody/custody';
import { Fetcher, type FetcherOptions } from '@main/cloud/custody/fetcher';
import { Reconciler } from '@main/cloud/custody/reconciler';
import { Sha256 } from '@main/indexer/sha256';
import { FlacDecoder } from '@main/wav/flac-decoder';
import { soon } from '../soon';
import { threadUrl } from '../threads';
import { type UploadingWorld, uploadingWorld } from './uploading-world';

export interface CustodyWorld extends UploadingWorld {
  readonly custody: Custody;
  /** What lies where fetched files wait for their places. */
  waiting(): string[];
  /** A console's custody, started and stopped when the test is over. */
  custodian(wish?: Partial<FetcherOptions>): Promise<Custody>;
  /** Records one, and waits until every remote has it. */
  upload(wish?: Parameters<UploadingWorld['record']>[0]): Promise<number>;
  /** As the janitor does. */
  deleteHere(recordingId: number): void;
  row(recordingId: number): Record<string, unknown>;
  /** Compares a remote, and waits until that is over. */
  reconciled(slug: string): Promise<NonNullable<ReturnType<Custody['reconciliation']>>>;
}

/** A data folder whose recordings are on remotes, and whatever fetches them back and compares. */
export async function custodyWorld(
  remotes: Readonly<Record<string, CloudProvider>>,
): Promise<CustodyWorld> {
  const world = uploadingWorld();
  for (const [slug, provider] of Object.entries(remotes)) world.remotes.add(slug, provider);
  await world.start();
  const { connection, bus, logger, root } = world;
  const folder = join(root, 'fetching');
  const custodian = async (wish: Partial<FetcherOptions> = {}): Promise<Custody> => {
    const digest = new Sha256(threadUrl('sha256-worker'));
    const sha256 = async (path: string): Promise<string> =>
      (await digest.digest(path, null)).sha256;
    const clock = systemClock;
    const shared = { connection, clock, bus, logger, remotes: world.remotes, sha256, folder };
    const custody = new Custody({
      connection,
      logger,
      fetcher: new Fetcher({
        ...shared,
        flac: new FlacDecoder(),
        dataRoot: root,
        diskIsThere: () => Promise.resolve(true),
        alone: (work) => work(),
        begin: () => ({
          stage: () => undefined,
          progress: () => undefined,
          end: () => undefined,
        }),
        ...wish,
      }),
      reconciler: new Reconciler({
        ...shared,
        alerts: {
          raise: (code, level, _evidence, subject) =>
            world.alerts.add(`${code} ${level} ${subject}`),
          clear: (code, subject) => {
            for (const level of ['warning', 'critical']) {
              world.alerts.delete(`${code} ${level} ${subject}`);
            }
          },
        },
      }),
      closeDigest: () => digest.close(),
    });
    onTestFinished(() => custody.stop());
    await custody.start();
    return custody;
  };
  const custody = await custodian();
  return {
    ...world,
    custody,
    custodian,
    waiting: () => (existsSync(folder) ? readdirSync(folder) : []),
    upload: async (wish) => {
      const id = world.record(wish);
      await soon(() => {
        expect(world.isUploaded(id)).toBe(true);
      });
      return id;
    },
    deleteHere: (id) => {
      rmSync(world.localFile(id));
      connection.sqlite
        .prepare(
          `update recordings set local_deleted = 1, local_deleted_at_ms = 7, local_deleted_reason = 'disk_space'
           where id = ?`,
        )
        .run(id);
      connection.sqlite
        .prepare(
          `insert into deletions (recording_id, paths, size_bytes, deleted_at_ms, mode, reason)
           values (?, '[]', 0, 7, 'housekeeping', 'disk_space')`,
        )
        .run(id);
    },
    row: (id) =>
      connection.sqlite
        .prepare<[number], Record<string, unknown>>('select * from recordings where id = ?')
        .get(id) ?? {},
    reconciled: async (slug) => {
      custody.reconcile(slug);
      return await soon(() => {
        const last = custody.reconciliation(slug);
        if (last === null || last.finishedAt === null) throw new Error('it is under way');
        return last;
      });
    },
  };
}
