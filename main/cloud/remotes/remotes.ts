import { isDeepStrictEqual } from 'node:util';
import type {
  Capabilities,
  CloudFailure,
  Remote,
  RemoteChange,
  RemoteDraft,
  RemoteSecrets as Secrets,
  RemoteTest,
  RemoteType,
  Removal,
} from '@shared/model/remote';
import { isSecretOption } from '@shared/model/remote-options';
import type { Clock } from '../../clock/clock';
import type { Connection } from '../../database/connection';
import { messageOf } from '../../error-message';
import type { EventBus } from '../../events/bus';
import type { Logger } from '../../logging/logger';
import {
  ConflictError,
  InvalidValueError,
  NotAvailableError,
  NotFoundError,
} from '../../request-error';
import { VaultError } from '../../vault/vault-error';
import { CloudError, type CloudProvider } from '../provider';
import { RemoteOptionsError } from '../rclone/options';
import type { EnvironmentSeed } from '../seeding/environment-seed';
import type { RemoteSource, UploadRemote } from '../uploading/remote-source';
import { countNotThere, countOnlyThere } from './count-copies';
import { whyOwnData } from './own-data';
import { RemoteFigures } from './remote-figures';
import { type MakeProvider, type RemotePlace, RemoteProviders } from './remote-providers';
import { type RemoteRow, RemoteRows } from './remote-rows';
import { freeSlug } from './remote-slug';
import { type RemoteActivity, remoteView } from './remote-view';
import { whyNotSamePlace } from './same-place';
import { tryRemote } from './try-remote';

/** Where the secrets of remotes are kept, by slug and option name. Each method throws VaultError. */
export interface SecretKeeper {
  all(slug: string, options: readonly string[]): Promise<Record<string, string>>;
  put(slug: string, option: string, secret: string): Promise<void>;
  /** Counts from now on even where it cannot be kept. */
  refresh(slug: string, option: string, secret: string): Promise<void>;
  delete(slug: string, options: readonly string[]): Promise<void>;
}

export interface RemotesOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly secrets: SecretKeeper;
  /** Takes secrets out of what others say. */
  readonly scrubber: { learn(secret: string): void; scrub(text: string): string };
  readonly makeProvider: MakeProvider;
  readonly dataRoot: string;
  /** Why rclone cannot be used, in one English sentence; null: it can. */
  readonly rcloneProblem: () => Promise<string | null>;
  /** What whoever uploads says of it just now; null: nothing. */
  readonly activity: (slug: string) => RemoteActivity | null;
  /** What was given up is tried again, and what waits is tried at once. */
  readonly retry: (slug: string) => Promise<unknown>;
  /** Of a thing to do in the background: secrets and rows of a removed one, what a new one can do. */
  readonly nudge: () => void;
}

/** Whom to name where a station does something by itself. */
const STATION = 'station';
/** What looks for copies at another place must not keep a person waiting for ever. Milliseconds. */
const LOOK_MS = 60_000;

/**
 * The places that recordings are sent to: what a person says of them, in the database and without secrets; their
 * secrets, in the vault; how they stand. What is done to them is written into the audit log.
 */
export class Remotes implements RemoteSource {
  readonly rows: RemoteRows;
  readonly #options: RemotesOptions;
  readonly #figures: RemoteFigures;
  readonly #providers: RemoteProviders;
  readonly #newestId;
  /** What is done to remotes is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RemotesOptions) {
    const { connection, clock, secrets, makeProvider } = options;
    this.#options = options;
    this.rows = new RemoteRows(connection, clock);
    this.#figures = new RemoteFigures(connection, clock);
    this.#providers = new RemoteProviders({
      rows: this.rows,
      secretsOf: (slug, names) => secrets.all(slug, names),
      keepRefreshed: (slug, refreshed) => {
        void this.#keepRefreshed(slug, refreshed);
      },
      make: makeProvider,
    });
    this.#newestId = connection.sqlite.prepare<[], { id: number | null }>(
      'select max(id) as id from recordings',
    );
  }

  /** Each with how it stands, in the order in which they are served. */
  all(): Remote[] {
    return this.rows.present().map((row) => this.#view(row));
  }

  /** @throws NotFoundError */
  get(slug: string): Remote {
    return this.#view(this.rows.get(slug));
  }

  list(): readonly UploadRemote[] {
    return this.rows.present().map((row) => ({
      slug: row.slug,
      name: row.name,
      stoppedFor: row.stoppedFor,
      stoppedAtMs: row.stoppedAtMs,
      fromId: row.fromId,
      bandwidthLimit: row.bandwidthLimit,
      window:
        row.windowStartHour === null || row.windowEndHour === null
          ? null
          : { startHour: row.windowStartHour, endHour: row.windowEndHour },
      hashes: row.capabilities?.hashes ?? null,
    }));
  }

  provider(slug: string): Promise<CloudProvider> {
    return this.#providers.get(slug);
  }

  stop(slug: string, why: 'refused' | 'full', failure: CloudFailure): void {
    const row = this.rows.present().find((each) => each.slug === slug);
    // A person's pause weighs more, and a removed one is nobody's.
    if (row === undefined || row.stoppedFor !== null) return;
    const detail = this.#options.scrubber.scrub(failure.detail);
    this.rows.update(
      slug,
      { stoppedFor: why, stoppedAtMs: this.#options.clock.wallMs(), stoppedDetail: detail },
      { actor: STATION, action: `remote.${why}`, after: { code: failure.code, detail } },
    );
    this.#changed(slug);
  }

  resume(slug: string): void {
    const row = this.rows.present().find((each) => each.slug === slug);
    if (row === undefined || row.stoppedFor === null || row.stoppedFor === 'pause') return;
    this.rows.update(slug, GOES_ON, {
      actor: STATION,
      action: 'remote.resumed',
      before: row.stoppedFor,
    });
    this.#changed(slug);
  }

  /** @throws NotFoundError, InvalidValueError, NotAvailableError; AbortError */
  async test(
    what: {
      readonly slug?: string | undefined;
      readonly draft?: RemoteDraft | undefined;
      readonly secrets: Secrets;
    },
    signal: AbortSignal,
  ): Promise<RemoteTest> {
    const { clock, scrubber } = this.#options;
    const { slug, draft, secrets: given } = what;
    const row = slug === undefined ? null : this.rows.get(slug);
    if (row === null && draft === undefined) {
      throw new InvalidValueError(
        'draft',
        'a remote is tested that is there, or one that is given',
      );
    }
    const wanted = draft ?? row;
    if (wanted === null) throw new NotFoundError('remote', slug ?? '');
    if (row !== null && wanted.type !== row.type) {
      throw new InvalidValueError('draft.type', 'the type of a remote stays what it is');
    }
    const { type, options, basePath } = wanted;
    const secrets = { ...(row === null ? {} : await this.#kept(row)), ...given };
    const provider = await this.#open({ type, options, basePath, secrets }, (refreshed) => {
      if (row !== null) void this.#keepRefreshed(row.slug, refreshed);
    });
    const result = await tryRemote({
      provider,
      clock,
      signal,
      scrub: (text) => scrubber.scrub(text),
    }).finally(() => provider.close());
    const isAsStored = row !== null && draft === undefined && Object.keys(given).length === 0;
    if (isAsStored && result.ok) {
      if (result.capabilities !== null) this.noteCapabilities(row.slug, result.capabilities);
      this.resume(row.slug);
    }
    return result;
  }

  /**
   * It gets what is recorded from now on. One that was removed is the same again under the same options.
   * @throws ConflictError, InvalidValueError, NotAvailableError
   */
  add(
    what: {
      readonly draft: RemoteDraft;
      readonly secrets: Secrets;
      readonly slug?: string | undefined;
    },
    actor: string,
  ): Promise<Remote> {
    return this.#oneByOne(async () => {
      const { draft, secrets } = what;
      await this.#check(draft, secrets);
      return this.#add(draft, secrets, { wanted: what.slug, actor, seeded: false });
    });
  }

  /** @throws NotFoundError, InvalidValueError, NotAvailableError */
  edit(
    slug: string,
    what: { readonly draft: RemoteChange; readonly secrets: Secrets },
    actor: string,
  ): Promise<Remote> {
    return this.#oneByOne(async () => {
      const row = this.rows.get(slug);
      const { secrets: given, draft } = what;
      const place = {
        type: row.type,
        options: draft.options ?? row.options,
        basePath: draft.basePath ?? row.basePath,
        secrets: { ...(await this.#kept(row)), ...given },
      };
      const isMoved = !isDeepStrictEqual(
        [place.options, place.basePath],
        [row.options, row.basePath],
      );
      await this.#check(place, place.secrets);
      if (isMoved && this.#figures.of(slug).copies > 0) await this.#checkMoved(slug, place);
      await this.#putSecrets(slug, given);
      const set = {
        ...(draft.name === undefined ? {} : { name: draft.name }),
        ...(draft.bandwidthLimit === undefined ? {} : { bandwidthLimit: draft.bandwidthLimit }),
        ...(draft.window === undefined ? {} : hoursOf(draft.window)),
        ...(isMoved
          ? { options: place.options, basePath: place.basePath, capabilities: null }
          : {}),
        secretNames: namesOf(place.secrets),
        ...(row.stoppedFor === 'pause' ? {} : GOES_ON),
      };
      this.rows.update(slug, set, {
        actor,
        action: 'remote.edited',
        before: told(row),
        after: { ...told({ ...row, ...set }), newSecrets: Object.keys(given) },
      });
      if (isMoved || Object.keys(given).length > 0) void this.#providers.forget(slug);
      this.#retry(slug);
      this.#changed(slug);
      this.#options.nudge();
      return this.get(slug);
    });
  }

  /** @throws NotFoundError */
  pauseBy(slug: string, actor: string): Remote {
    const row = this.rows.get(slug);
    if (row.stoppedFor === 'pause') return this.#view(row);
    this.rows.update(
      slug,
      {
        active: false,
        stoppedFor: 'pause',
        stoppedAtMs: this.#options.clock.wallMs(),
        stoppedDetail: '',
      },
      { actor, action: 'remote.paused' },
    );
    this.#changed(slug);
    return this.get(slug);
  }

  /** Also after a password was refused, and after a full remote was emptied. @throws NotFoundError */
  resumeBy(slug: string, actor: string): Remote {
    const row = this.rows.get(slug);
    if (row.stoppedFor === null) return this.#view(row);
    this.rows.update(
      slug,
      { active: true, ...GOES_ON },
      { actor, action: 'remote.resumed', before: row.stoppedFor },
    );
    // It was stopped for what it holds in its memory, too.
    void this.#providers.forget(slug);
    this.#retry(slug);
    this.#changed(slug);
    this.#options.nudge();
    return this.get(slug);
  }

  /** What removing it would come to. @throws NotFoundError */
  async removalPlan(slug: string): Promise<Removal> {
    this.rows.get(slug);
    const { copies, waiting } = this.#figures.of(slug);
    return { copies, waiting, onlyThere: await countOnlyThere(this.#options.connection, slug) };
  }

  /**
   * Nothing is removed there. Its row, and what it is known to have, stay: where a recording is, is still true.
   * @throws NotFoundError
   */
  remove(slug: string, actor: string): Promise<Removal> {
    return this.#oneByOne(async () => {
      const plan = await this.removalPlan(slug);
      this.#retire(slug, actor, plan);
      return plan;
    });
  }

  /** Queues what it has not; tries again what was given up. @returns how many it has not @throws NotFoundError */
  backfill(slug: string, actor: string): Promise<{ recordings: number }> {
    return this.#oneByOne(async () => {
      this.rows.get(slug);
      const recordings = await countNotThere(this.#options.connection, slug);
      this.rows.update(
        slug,
        { fromId: 0, throughId: 0 },
        { actor, action: 'remote.backfilled', after: { recordings } },
      );
      this.#retry(slug);
      this.#changed(slug);
      return { recordings };
    });
  }

  /** Bytes; null where it does not tell. @throws NotFoundError, NotAvailableError */
  async room(slug: string, signal: AbortSignal): Promise<RemoteTest['room']> {
    this.rows.get(slug);
    try {
      return await (await this.provider(slug)).storage(signal);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /**
   * What a provisioned fleet says of its remote, over whatever is here. Another place is another remote: what the one
   * from before has stays known.
   */
  seed(seed: EnvironmentSeed): Promise<void> {
    return this.#oneByOne(async () => {
      const { logger } = this.#options;
      const old = this.rows.present().find((row) => row.seeded) ?? null;
      if (seed.kind === 'none') {
        // It is an ordinary one from now on: removing it is a person's to decide.
        if (old !== null) this.rows.update(old.slug, { seeded: false }, null);
        return;
      }
      if (seed.kind === 'refused') {
        logger.warn('remotes.seed_refused', seed.problem);
        return;
      }
      const { type, options, secrets } = seed;
      const draft: RemoteDraft = {
        name: nameOfPlace(type, options),
        type,
        options: { ...options },
        basePath: 'silvasonic',
        bandwidthLimit: null,
        window: null,
      };
      try {
        await this.#check(draft, secrets);
        if (old !== null && isSamePlace(old, draft)) {
          await this.#seedSecrets(old.slug, secrets);
          const wasRefused = old.stoppedFor === 'refused';
          this.rows.update(
            old.slug,
            { secretNames: namesOf(secrets), ...(wasRefused ? GOES_ON : {}) },
            null,
          );
          return;
        }
        if (old !== null) this.#retire(old.slug, STATION, { insteadOf: 'another place' });
        const { slug } = await this.#add(draft, secrets, {
          wanted: undefined,
          actor: STATION,
          seeded: true,
        });
        logger.info('remotes.seeded', 'The remote of the environment was added.', { slug, type });
      } catch (error) {
        logger.warn('remotes.seed_refused', 'The remote of the environment is not used.', {
          error,
        });
      }
    });
  }

  /** What it can do, as it told just now. */
  noteCapabilities(slug: string, capabilities: Capabilities): void {
    if (!this.rows.present().some((row) => row.slug === slug)) return;
    this.rows.update(slug, { capabilities }, null);
    this.#changed(slug);
  }

  /** What a removed one left in the vault goes. @throws VaultError */
  async forgetSecrets(row: RemoteRow): Promise<void> {
    await this.#options.secrets.delete(row.slug, row.secretNames);
    this.rows.update(row.slug, { secretNames: [] }, null);
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#providers.close();
  }

  async #add(
    draft: RemoteDraft,
    secrets: Secrets,
    how: { readonly wanted: string | undefined; readonly actor: string; readonly seeded: boolean },
  ): Promise<Remote> {
    const { clock } = this.#options;
    const { wanted, actor, seeded } = how;
    const rows = this.rows.all();
    const former = rows.find(
      (row) =>
        row.removedAtMs !== null &&
        (wanted === undefined || row.slug === wanted) &&
        isSamePlace(row, draft),
    );
    const taken = new Set(rows.map(({ slug }) => slug));
    if (wanted !== undefined && taken.has(wanted) && former === undefined) {
      const why = rows.some((row) => row.slug === wanted && row.removedAtMs !== null)
        ? 'belongs to a removed remote at another place'
        : 'is taken';
      throw new ConflictError('already_exists', wanted, `The name "${wanted}" ${why}.`);
    }
    const slug = former?.slug ?? wanted ?? freeSlug(draft.name, draft.type, taken);
    if (seeded) await this.#seedSecrets(slug, secrets);
    else await this.#putSecrets(slug, secrets);
    const newest = this.#newestId.get()?.id ?? 0;
    const row = {
      slug,
      ...columnsOf(draft),
      active: true,
      ...GOES_ON,
      createdAtMs: clock.wallMs(),
      secretNames: namesOf(secrets),
      seeded,
      removedAtMs: null,
      capabilities: null,
      fromId: newest,
      throughId: newest,
    };
    const act = { actor, action: 'remote.added', after: told(row) };
    if (former === undefined) this.rows.insert(row, act);
    else this.rows.update(slug, row, act);
    this.#changed(slug);
    this.#options.nudge();
    return this.get(slug);
  }

  #retire(slug: string, actor: string, after: unknown): void {
    const row = this.rows.get(slug);
    this.rows.update(
      slug,
      { removedAtMs: this.#options.clock.wallMs(), active: false, seeded: false },
      { actor, action: 'remote.removed', before: told(row), after },
    );
    void this.#providers.forget(slug);
    this.#changed(slug);
    this.#options.nudge();
  }

  #view(row: RemoteRow): Remote {
    return remoteView(row, this.#figures.of(row.slug), this.#options.activity(row.slug));
  }

  /** @throws InvalidValueError, NotAvailableError */
  async #check(
    { type, options, basePath }: Pick<RemoteDraft, 'type' | 'options' | 'basePath'>,
    secrets: Secrets,
  ): Promise<void> {
    await (await this.#open({ type, options, basePath, secrets }, () => undefined)).close();
  }

  /** Something at a place that nobody has said is one of the station's. @throws InvalidValueError, NotAvailableError */
  async #open(
    place: RemotePlace,
    onRefreshed: Parameters<MakeProvider>[1],
  ): Promise<CloudProvider> {
    const { dataRoot, scrubber, makeProvider, rcloneProblem } = this.#options;
    for (const name of Object.keys(place.options)) {
      if (isSecretOption(place.type, name)) {
        throw new InvalidValueError(`options.${name}`, 'it is a secret, and given as one');
      }
    }
    for (const secret of Object.values(place.secrets)) scrubber.learn(secret);
    const problem = await whyOwnData(place, dataRoot);
    if (problem !== null) throw new InvalidValueError('options.path', problem);
    let provider: CloudProvider;
    try {
      provider = makeProvider(place, onRefreshed);
    } catch (error) {
      if (!(error instanceof RemoteOptionsError)) throw error;
      throw new InvalidValueError(pathOf(place.type, error.path), error.message);
    }
    const missing = await rcloneProblem();
    if (missing === null) return provider;
    await provider.close();
    throw new NotAvailableError('rclone', missing);
  }

  /** What it has must lie at its new place, too. @throws InvalidValueError, NotAvailableError */
  async #checkMoved(slug: string, place: RemotePlace): Promise<void> {
    const { connection, clock } = this.#options;
    const provider = await this.#open(place, (refreshed) => {
      void this.#keepRefreshed(slug, refreshed);
    });
    const over = new AbortController();
    const limit = new AbortController();
    void clock.sleep(LOOK_MS, over.signal).then((elapsed) => {
      if (elapsed) limit.abort();
    });
    try {
      const problem = await whyNotSamePlace(connection, slug, provider, limit.signal);
      if (problem === null) return;
      throw new InvalidValueError(
        'options',
        `that is another place: ${problem}; add it as another remote`,
      );
    } catch (error) {
      if (!limit.signal.aborted) throw this.#inWords(error);
      throw new NotAvailableError('remote', 'It did not answer in time.');
    } finally {
      over.abort();
      await provider.close();
    }
  }

  /** @throws NotAvailableError */
  async #kept(row: RemoteRow): Promise<Record<string, string>> {
    try {
      return await this.#options.secrets.all(row.slug, row.secretNames);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** @throws NotAvailableError */
  async #putSecrets(slug: string, secrets: Secrets): Promise<void> {
    try {
      for (const [name, secret] of Object.entries(secrets)) {
        await this.#options.secrets.put(slug, name, secret);
      }
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** What comes anew with every start counts even where it cannot be kept. */
  async #seedSecrets(slug: string, secrets: Secrets): Promise<void> {
    for (const [name, secret] of Object.entries(secrets)) await this.#refresh(slug, name, secret);
  }

  async #keepRefreshed(slug: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, secret] of Object.entries(secrets)) await this.#refresh(slug, name, secret);
  }

  async #refresh(slug: string, name: string, secret: string): Promise<void> {
    try {
      await this.#options.secrets.refresh(slug, name, secret);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const { logger } = this.#options;
      logger.warn('remotes.secret_not_kept', 'A secret counts, and cannot be kept.', {
        slug,
        option: name,
        detail: error.message,
      });
    }
  }

  #retry(slug: string): void {
    const { retry, logger } = this.#options;
    void retry(slug).catch((error: unknown) => {
      logger.warn('remotes.not_retried', 'What a remote failed at is not tried at once.', {
        slug,
        error,
      });
    });
  }

  #changed(slug: string): void {
    this.#options.bus.emit('remote.changed', { slug });
  }

  /** What a remote or the vault says, as an answer to a request. */
  #inWords(error: unknown): unknown {
    const said = this.#options.scrubber.scrub(messageOf(error));
    if (error instanceof VaultError) return new NotAvailableError('vault', said);
    if (error instanceof CloudError) return new NotAvailableError('remote', said);
    return error;
  }

  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.catch(() => undefined).then(work);
    this.#last = next;
    return next;
  }
}

const GOES_ON = { stoppedFor: null, stoppedAtMs: null, stoppedDetail: '' } as const;

function hoursOf(window: RemoteDraft['window']): {
  windowStartHour: number | null;
  windowEndHour: number | null;
} {
  return { windowStartHour: window?.startHour ?? null, windowEndHour: window?.endHour ?? null };
}

function columnsOf(draft: RemoteDraft) {
  const { name, type, options, basePath, bandwidthLimit, window } = draft;
  return { name, type, options, basePath, bandwidthLimit, ...hoursOf(window) };
}

/** What the audit log is told of a remote. */
function told(
  row: Pick<RemoteRow, 'name' | 'type' | 'options' | 'basePath' | 'bandwidthLimit'> &
    Pick<RemoteRow, 'windowStartHour' | 'windowEndHour' | 'secretNames'>,
): Record<string, unknown> {
  const { name, type, options, basePath, bandwidthLimit } = row;
  const { windowStartHour, windowEndHour, secretNames } = row;
  return {
    ...{ name, type, options, basePath, bandwidthLimit },
    ...{ windowStartHour, windowEndHour, secretNames },
  };
}

function namesOf(secrets: Readonly<Record<string, string>>): string[] {
  return Object.keys(secrets).sort();
}

/** Would the same objects lie there? */
function isSamePlace(
  row: Pick<RemoteRow, 'type' | 'options' | 'basePath'>,
  draft: Pick<RemoteDraft, 'type' | 'options' | 'basePath'>,
): boolean {
  return isDeepStrictEqual(
    [row.type, row.options, row.basePath],
    [draft.type, draft.options, draft.basePath],
  );
}

/** Where a page shows what does not fit. */
function pathOf(type: RemoteType, name: string): string {
  if (name === 'basePath') return name;
  return isSecretOption(type, name) ? `secrets.${name}` : `options.${name}`;
}

function nameOfPlace(type: RemoteType, options: Readonly<Record<string, string>>): string {
  const address = options['url'] ?? options['endpoint'];
  const host = address === undefined ? options['host'] : new URL(address).hostname;
  return (host ?? type).slice(0, 100);
}
