import type { Copy, Custody, Reconciliation } from '@shared/model/custody';
import type {
  CloudErrorCode,
  Remote,
  RemoteDraft,
  RemoteTest,
  Removal,
  Capabilities,
} from '@shared/model/remote';
import type { Recording } from '@shared/model/recording';
import type { Transfer, UploadAttempt, UploadFilter } from '@shared/model/upload';

const iso = (agoS: number): string => new Date(Date.now() - agoS * 1000).toISOString();
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const WORKS: Capabilities = {
  hashes: ['md5', 'sha1'],
  resumable: false,
  quota: true,
  move: true,
  checkedAt: iso(3600),
};

function remote(changes: Partial<Remote>): Remote {
  return {
    slug: 'nextcloud',
    name: 'Nextcloud of the institute',
    type: 'webdav',
    options: {
      url: 'https://cloud.example.org/remote.php/dav/files/waldstation',
      user: 'waldstation',
    },
    basePath: 'silvasonic',
    bandwidthLimit: null,
    window: null,
    secrets: ['pass'],
    seeded: false,
    createdAt: iso(40 * 86_400),
    capabilities: WORKS,
    state: 'idle',
    since: iso(600),
    until: null,
    detail: '',
    waiting: 0,
    failed: 0,
    givenUp: 0,
    verified: 1_281_204,
    bytesPerS: 0,
    lastUploadAt: iso(9),
    lastFailure: null,
    caughtUpAt: null,
    ...changes,
  };
}

const failed = (code: CloudErrorCode, agoS: number, detail: string): Remote['lastFailure'] => ({
  code,
  detail,
  at: iso(agoS),
});

/** `filled`: one sends, others have trouble of every kind; `good`: one is up to date; `empty`: there is none. */
export function sampleRemotes(scene: string): Remote[] {
  if (scene === 'empty') return [];
  if (scene !== 'filled') return [remote({})];
  return [
    remote({
      state: 'uploading',
      waiting: 3_107,
      failed: 2,
      givenUp: 1,
      bytesPerS: 2_410_000,
      caughtUpAt: iso(-11 * 3600),
      lastFailure: failed('TIMEOUT', 5_400, 'i/o timeout while reading the answer of PUT'),
    }),
    remote({
      slug: 'university-sftp',
      name: 'University, archive',
      type: 'sftp',
      options: { host: 'archive.example.edu', user: 'bio-station-7' },
      state: 'refused',
      since: iso(7_200),
      waiting: 8_911,
      verified: 1_272_000,
      lastUploadAt: iso(7_260),
      lastFailure: failed(
        'AUTH',
        7_200,
        'ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password]',
      ),
    }),
    remote({
      slug: 'second-disk',
      name: 'Second disk',
      type: 'local',
      options: { path: '/media/backup' },
      state: 'offline',
      since: iso(9_000),
      until: iso(-260),
      waiting: 4_020,
      secrets: [],
      capabilities: { ...WORKS, hashes: [], quota: true },
      lastUploadAt: iso(9_100),
      lastFailure: failed('OFFLINE', 9_000, 'directory not found: /media/backup'),
    }),
    remote({
      slug: 'night-bucket',
      name: 'Bucket, at night',
      type: 's3',
      options: { bucket: 'waldstation', endpoint: 'https://s3.example.org' },
      secrets: ['secret_access_key'],
      window: { startHour: 22, endHour: 5 },
      state: 'waiting_for_window',
      until: iso(-4 * 3600),
      waiting: 912,
      seeded: true,
      caughtUpAt: iso(-9 * 3600),
    }),
  ];
}

/** The remotes of a scene, and what people did to them. */
export class SampleCloud {
  remotes: Remote[];
  readonly #scene: string;
  #reconciled: Reconciliation | null = null;

  constructor(scene: string) {
    this.#scene = scene;
    this.remotes = sampleRemotes(scene);
  }

  find(slug: string): Remote | undefined {
    return this.remotes.find((one) => one.slug === slug);
  }

  change(slug: string, changes: Partial<Remote>): Remote {
    this.remotes = this.remotes.map((one) => (one.slug === slug ? { ...one, ...changes } : one));
    return this.find(slug) as Remote;
  }

  add(draft: RemoteDraft, secrets: readonly string[]): Remote {
    const added = remote({
      ...draft,
      slug: draft.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      secrets: [...secrets],
      state: 'idle',
      verified: 0,
      lastUploadAt: null,
      createdAt: iso(0),
      since: iso(0),
    });
    this.remotes.push(added);
    return added;
  }

  removal({ verified, waiting }: Remote): Removal {
    return { copies: verified, onlyThere: this.#scene === 'filled' ? 1_911 : 0, waiting };
  }

  remove(slug: string): void {
    this.remotes = this.remotes.filter((one) => one.slug !== slug);
  }

  /** A password `wrong` is not taken. */
  test(secrets: Readonly<Record<string, string>>): RemoteTest {
    const ok = secrets.pass !== 'wrong';
    return {
      ok,
      failure: ok
        ? null
        : { code: 'AUTH', detail: 'couldn’t list files: 401 Unauthorized', at: iso(0) },
      steps: ok
        ? (['connect', 'write', 'read_back', 'remove', 'room'] as const).map((step, index) => ({
            step,
            ok: true,
            tookMs: 40 + index * 35,
          }))
        : [{ step: 'connect', ok: false, tookMs: 212 }],
      uploadBytesPerS: ok ? 3_400_000 : null,
      downloadBytesPerS: ok ? 8_100_000 : null,
      capabilities: ok ? WORKS : null,
      room: ok ? { total: 1e12, used: 3.2e11, free: 6.8e11 } : null,
    };
  }

  reconcile(slug: string): Reconciliation {
    const bad = this.#scene === 'filled';
    this.#reconciled = {
      remote: slug,
      startedAt: iso(30),
      finishedAt: iso(0),
      objects: 1_281_220,
      agreed: 1_281_204,
      missing: bad ? 3 : 0,
      different: bad ? 1 : 0,
      unknown: 12,
      problem: null,
    };
    return this.#reconciled;
  }

  reconciliation(slug: string): Reconciliation | null {
    return this.#reconciled?.remote === slug ? this.#reconciled : null;
  }

  transfers(turn: number): Transfer[] {
    return this.remotes
      .filter(({ state }) => state === 'uploading')
      .map(({ slug }) => {
        const done = (turn % 40) * 110_000;
        return {
          remote: slug,
          recordingId: 1_281_300 + Math.floor(turn / 40),
          direction: 'up',
          stage: turn % 40 < 4 ? 'encoding' : turn % 40 > 36 ? 'reading_back' : 'sending',
          bytes: done,
          totalBytes: 4_310_220,
          bytesPerS: 2_410_000,
          since: iso(2),
        };
      });
  }

  uploads(filter: UploadFilter, cursor: string | undefined, limit: number) {
    if (this.#scene === 'empty') return { items: [], nextCursor: null };
    const from = Number(cursor ?? 0);
    const all = Array.from({ length: 400 }, (_, index) => attempt(index)).filter(
      (one) =>
        (filter.remote === undefined || one.remote === filter.remote) &&
        (filter.success === undefined || one.success === filter.success) &&
        (filter.code === undefined || one.code === filter.code) &&
        (filter.from === undefined || one.at >= filter.from) &&
        (filter.to === undefined || one.at < filter.to),
    );
    const items = all.slice(from, from + limit);
    return { items, nextCursor: from + limit < all.length ? String(from + limit) : null };
  }
}

const CODES: readonly CloudErrorCode[] = ['TIMEOUT', 'AUTH', 'RATE_LIMITED', 'MISMATCH', 'UNKNOWN'];

function attempt(index: number): UploadAttempt {
  const success = index % 7 !== 3;
  return {
    id: 9_000 - index,
    recordingId: 5_000 - index,
    remote: index % 3 === 1 ? 'university-sftp' : 'nextcloud',
    path: 'waldstation-nordhang/ultramic-384-evo/2026-11-20/2026-11-20T21-14-10.000Z_10s_4f2a91c0.flac',
    at: iso(12 + index * 11),
    sizeBytes: success ? 4_310_220 : null,
    durationS: success ? 1.8 : 30.2,
    success,
    code: success ? null : (CODES[index % CODES.length] ?? 'UNKNOWN'),
    message: success ? '' : 'the remote answered: 503 Service Unavailable (maintenance)',
  };
}

/** Where a recording is, as its row says. */
export function sampleCustody(row: Recording, scene: string): Custody {
  const there = row.uploaded;
  const copy: Copy = {
    remote: 'nextcloud',
    path: 'waldstation-nordhang/ultramic-384-evo/2026-11-20/2026-11-20T21-14-10.000Z.flac',
    state: there ? 'verified' : 'failed',
    attempts: there ? 1 : 3,
    nextAttemptAt: there ? null : iso(-600),
    code: there ? null : 'TIMEOUT',
    sizeBytes: there ? 4_310_220 : null,
    sha256: there ? HASH : null,
    remoteId: null,
    uploadedAt: there ? iso(7_000) : null,
    verifiedAt: there ? iso(6_990) : null,
    verifiedBy: there ? 'hash' : null,
  };
  return {
    recordingId: row.id,
    state: row.localDeleted
      ? there
        ? 'local_deleted'
        : 'lost'
      : there
        ? 'verified'
        : 'local_only',
    copies: scene === 'empty' ? [] : [copy],
    deleted: row.localDeleted
      ? {
          at: iso(3_600),
          mode: 'housekeeping',
          reason:
            'The disk was 72 % full, above 70 %; its copy was read back from nextcloud (sha1) and it was analysed.',
        }
      : null,
    fetchedBack: null,
  };
}
