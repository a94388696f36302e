import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { RemoteDraft } from '@shared/model/remote';
import { rcloneRemote } from '@main/cloud/rclone/options';
import type { RemotePlace } from '@main/cloud/remotes/remote-providers';
import { Remotes, type SecretKeeper } from '@main/cloud/remotes/remotes';
import type { Connection } from '@main/database/connection';
import { createEventBus, type EventBus } from '@main/events/bus';
import { SecretScrubber } from '@main/vault/secret-scrubber';
import type { VaultError } from '@main/vault/vault-error';
import { FakeClock } from '../fake-clock';
import { recordingLogger } from '../recording-logger';
import { stationDatabase } from '../station-database';
import { temporaryFolder } from '../temporary-folder';
import { FolderProvider } from './folder-provider';

/** A vault in memory, as broken as a test wants it. */
export class KeptSecrets implements SecretKeeper {
  readonly kept = new Map<string, string>();
  readonly #known = new Map<string, string>();
  broken: VaultError | null = null;

  all(slug: string, options: readonly string[]): Promise<Record<string, string>> {
    return this.#say(() =>
      Object.fromEntries(
        options.flatMap((option) => {
          const secret = this.#known.get(`${slug} ${option}`) ?? this.kept.get(`${slug} ${option}`);
          return secret === undefined ? [] : [[option, secret]];
        }),
      ),
    );
  }

  put(slug: string, option: string, secret: string): Promise<void> {
    return this.#say(() => void this.kept.set(`${slug} ${option}`, secret));
  }

  refresh(slug: string, option: string, secret: string): Promise<void> {
    this.#known.set(`${slug} ${option}`, secret);
    return this.put(slug, option, secret);
  }

  delete(slug: string, options: readonly string[]): Promise<void> {
    return this.#say(() => {
      for (const option of options) {
        this.#known.delete(`${slug} ${option}`);
        this.kept.delete(`${slug} ${option}`);
      }
    });
  }

  #say<T>(answer: () => T): Promise<T> {
    return this.broken === null ? Promise.resolve(answer()) : Promise.reject(this.broken);
  }
}

export interface RemotesWorld {
  readonly connection: Connection;
  readonly clock: FakeClock;
  readonly bus: EventBus;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly secrets: KeptSecrets;
  readonly remotes: Remotes;
  readonly dataRoot: string;
  /** What lies at a place, by where it is; every place is a folder of its own. */
  readonly providers: { place: RemotePlace; provider: FolderProvider }[];
  readonly retried: string[];
  /** Slugs, as they were told to have changed. */
  readonly changed: string[];
  /** As after a restart. */
  again(): Remotes;
}

/** Remotes on a real database; their places are folders. */
export function remotesWorld(): RemotesWorld {
  const connection = stationDatabase();
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const secrets = new KeptSecrets();
  const root = temporaryFolder();
  const dataRoot = join(root, 'data');
  mkdirSync(dataRoot);
  const providers: RemotesWorld['providers'] = [];
  const retried: string[] = [];
  const changed: string[] = [];
  bus.on('remote.changed', ({ slug }) => changed.push(slug));
  const again = (): Remotes =>
    new Remotes({
      connection,
      clock,
      bus,
      logger,
      secrets,
      scrubber: new SecretScrubber(),
      makeProvider: (place) => {
        rcloneRemote(place.type, place.options, place.secrets, place.basePath);
        const where = encodeURIComponent(JSON.stringify([place.options, place.basePath]));
        const provider = new FolderProvider(join(root, where.slice(0, 200)));
        providers.push({ place, provider });
        return provider;
      },
      dataRoot,
      rcloneProblem: () => Promise.resolve(null),
      activity: () => null,
      retry: (slug) => Promise.resolve(retried.push(slug)),
      nudge: () => undefined,
    });
  const remotes = again();
  return {
    connection,
    clock,
    bus,
    logger,
    secrets,
    remotes,
    dataRoot,
    providers,
    retried,
    changed,
    again,
  };
}

/** What a person says of a WebDAV remote. */
export function webdavDraft(changes: Partial<RemoteDraft> = {}): RemoteDraft {
  return {
    name: 'Nextcloud',
    type: 'webdav',
    options: { url: 'https://cloud.example.org/dav', user: 'bat' },
    basePath: 'silvasonic',
    bandwidthLimit: null,
    window: null,
    ...changes,
  };
}
