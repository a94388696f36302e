import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Settings, settingsSchema } from '@shared/model/settings';
import type { CloudFailure, UploadWindow } from '@shared/model/remote';
import type { Clock } from '@main/clock/clock';
import { systemClock } from '@main/clock/system-clock';
import type { CloudProvider } from '@main/cloud/provider';
import type { RemoteSource, StoppedFor, UploadRemote } from '@main/cloud/uploading/remote-source';
import { Uploader, type UploaderOptions } from '@main/cloud/uploading/uploader';
import type { Connection } from '@main/database/connection';
import { storageRemotes } from '@main/database/schema';
import { createEventBus, type EventBus } from '@main/events/bus';
import { Sha256 } from '@main/indexer/sha256';
import { FlacEncoder } from '@main/wav/flac-encoder';
import { formatSegmentName } from '@main/files/segment-name';
import { recordingLogger } from '../recording-logger';
import { insertDevice, insertRecording } from '../sample-rows';
import { stationDatabase } from '../station-database';
import { temporaryFolder } from '../temporary-folder';
import { threadUrl } from '../threads';
import { dataChunk, formatChunk, wavBytes, type WavFormat } from '../wav-bytes';

export const WORLD_DEVICE = 'mic';
const FIRST_MS = Date.UTC(2026, 4, 1, 12);

/** Remotes as rows of a database, with providers that a test gives. */
export class RemotesOfTest implements RemoteSource {
  readonly #connection: Connection;
  readonly #remotes = new Map<string, UploadRemote>();
  readonly providers = new Map<string, CloudProvider>();
  readonly stopped: {
    readonly slug: string;
    readonly why: string;
    readonly failure: CloudFailure;
  }[] = [];
  onChange: (slug: string) => void = () => undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(slug: string, provider: CloudProvider, wish: Partial<UploadRemote> = {}): void {
    const remote: UploadRemote = {
      slug,
      name: slug,
      stoppedFor: null,
      stoppedAtMs: null,
      fromId: 0,
      bandwidthLimit: null,
      window: null,
      hashes: null,
      ...wish,
    };
    this.providers.set(slug, provider);
    this.#remotes.set(slug, remote);
    this.#connection.db
      .insert(storageRemotes)
      .values({
        slug,
        name: slug,
        type: 'webdav',
        options: {},
        createdAtMs: this.#remotes.size,
        fromId: remote.fromId,
        throughId: remote.fromId,
      })
      .run();
    this.onChange(slug);
  }

  change(slug: string, change: Partial<UploadRemote>): void {
    const remote = this.#remotes.get(slug);
    if (remote === undefined) throw new RangeError(slug);
    this.#remotes.set(slug, { ...remote, ...change });
    this.#connection.sqlite
      .prepare('update storage_remotes set active = ?, stopped_for = ? where slug = ?')
      .run(change.stoppedFor === 'pause' ? 0 : 1, change.stoppedFor ?? null, slug);
    this.onChange(slug);
  }

  remove(slug: string): void {
    this.#remotes.delete(slug);
    this.#connection.sqlite
      .prepare('update storage_remotes set active = 0, removed_at_ms = 1 where slug = ?')
      .run(slug);
    this.onChange(slug);
  }

  hours(slug: string, window: UploadWindow | null): void {
    this.change(slug, { window });
  }

  list(): readonly UploadRemote[] {
    return [...this.#remotes.values()];
  }

  provider(slug: string): Promise<CloudProvider> {
    const provider = this.providers.get(slug);
    return provider === undefined
      ? Promise.reject(new RangeError(slug))
      : Promise.resolve(provider);
  }

  stop(slug: string, why: Exclude<StoppedFor, 'pause'>, failure: CloudFailure): void {
    this.stopped.push({ slug, why, failure });
    this.change(slug, { stoppedFor: why, stoppedAtMs: 0 });
  }

  resume(slug: string): void {
    this.change(slug, { stoppedFor: null, stoppedAtMs: null });
  }
}

export interface UploadingWorld {
  readonly root: string;
  readonly connection: Connection;
  readonly bus: EventBus;
  readonly remotes: RemotesOfTest;
  readonly logger: ReturnType<typeof recordingLogger>;
  /** Open alerts, `<code> <slug>`. */
  readonly alerts: Set<string>;
  settings: Settings;
  /** A recording with a real file. @returns its number */
  record(wish?: { seconds?: number; format?: WavFormat; bytes?: Buffer }): number;
  /** What is known of a copy. */
  copy(recordingId: number, slug: string): Record<string, unknown> | undefined;
  /** How often there is a row per state of a remote. */
  states(slug: string): Record<string, number>;
  attempts(): {
    recording_id: number;
    remote_slug: string;
    success: number;
    code: string | null;
    message: string;
  }[];
  isUploaded(recordingId: number): boolean;
  localFile(recordingId: number): string;
  /** A console's uploader; it is started, and stopped when the test is over. */
  start(wish?: Partial<UploaderOptions>): Promise<Uploader>;
}

/** A data folder with a database, and whatever brings its recordings to remotes. */
export function uploadingWorld(clock: Clock = systemClock): UploadingWorld {
  const root = temporaryFolder();
  const connection = stationDatabase();
  insertDevice(connection, WORLD_DEVICE);
  const bus = createEventBus();
  const remotes = new RemotesOfTest(connection);
  remotes.onChange = (slug) => bus.emit('remote.changed', { slug });
  const logger = recordingLogger();
  const alerts = new Set<string>();
  let recorded = 0;
  const world: UploadingWorld = {
    root,
    connection,
    bus,
    remotes,
    logger,
    alerts,
    settings: settingsSchema.parse({
      system: { station_name: 'Müller-Station' },
      cloud_sync: { enabled: true, poll_interval: 1 },
    }),
    record: ({ seconds = 0.2, format = {}, bytes } = {}) => {
      const timeMs = FIRST_MS + recorded * 10_000;
      const name = formatSegmentName({
        startMs: timeMs,
        durationS: 10,
        runId: 'abcdef12',
        sequence: recorded,
      });
      recorded += 1;
      const { rate = 48_000, channels = 1, bits = 16 } = format;
      const sound =
        bytes ??
        wavBytes([
          formatChunk(format),
          dataChunk(anySound(rate * seconds * channels * (bits / 8), recorded)),
        ]);
      const rawPath = `recorder/${WORLD_DEVICE}/data/raw/${name}`;
      mkdirSync(dirname(join(root, rawPath)), { recursive: true });
      writeFileSync(join(root, rawPath), sound);
      const id = insertRecording(connection, {
        device: WORLD_DEVICE,
        timeMs,
        rawPath,
        rawSizeBytes: sound.length,
        rawSampleRateHz: rate,
        rawChannels: channels,
        rawBitsPerSample: bits,
        rawSha256: createHash('sha256').update(sound).digest('hex'),
      });
      bus.emit('recording.indexed', { id, device: WORLD_DEVICE, time: '', source: 'recorder' });
      return id;
    },
    copy: (id, slug) =>
      connection.sqlite
        .prepare<[number, string], Record<string, unknown>>(
          'select * from recording_remotes where recording_id = ? and remote_slug = ?',
        )
        .get(id, slug),
    states: (slug) =>
      Object.fromEntries(
        connection.sqlite
          .prepare<[string], { state: string; n: number }>(
            'select state, count(*) as n from recording_remotes where remote_slug = ? group by state',
          )
          .all(slug)
          .map(({ state, n }) => [state, n]),
      ),
    attempts: () =>
      connection.sqlite
        .prepare<[], ReturnType<UploadingWorld['attempts']>[number]>(
          'select recording_id, remote_slug, success, code, message from uploads order by id',
        )
        .all(),
    isUploaded: (id) =>
      connection.sqlite
        .prepare<[number], number>('select uploaded from recordings where id = ?')
        .pluck()
        .get(id) === 1,
    localFile: (id) =>
      join(
        root,
        connection.sqlite
          .prepare<[number], string>('select raw_path from recordings where id = ?')
          .pluck()
          .get(id) ?? '',
      ),
    start: async (wish = {}) => {
      const sha256 = new Sha256(threadUrl('sha256-worker'));
      const uploader = new Uploader({
        connection,
        clock,
        bus,
        logger,
        remotes,
        settings: () => world.settings,
        flac: new FlacEncoder(),
        digest: async (path, kinds) => {
          const digest = await sha256.digest(path, null, kinds);
          return { ...digest.others, sha256: digest.sha256 };
        },
        closeDigest: () => sha256.close(),
        dataRoot: root,
        encodingFolder: join(root, 'encoding'),
        standsBack: () => '',
        alerts: {
          raise: (code, _level, _evidence, subject) => alerts.add(`${code} ${subject}`),
          clear: (code, subject) => alerts.delete(`${code} ${subject}`),
        },
        random: () => 1,
        ...wish,
      });
      onTestFinished(() => uploader.stop());
      await uploader.start();
      return uploader;
    },
  };
  return world;
}

/** Sound that FLAC cannot shrink to nothing, another one for each recording. */
function anySound(bytes: number, seed: number): Buffer {
  const sound = Buffer.alloc(Math.round(bytes));
  let state = seed;
  for (let at = 0; at < sound.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    sound[at] = state >>> 24;
  }
  return sound;
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
