import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reconciliation } from '@shared/model/custody';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../../clock/clock';
import { CloudError, type CloudProvider, type RemoteObject } from '../provider';
import type { Connection } from '../../database/connection';
import { messageOf } from '../../error-message';
import type { EventBus } from '../../events/bus';
import { errorCode } from '../../files/error-code';
import type { Logger } from '../../logging/logger';
import { ConflictError, NotFoundError } from '../../request-error';
import { compareCopy, isProvedByHash } from './compare-copy';
import { CopyRows, type KnownCopy } from './copy-rows';
import type { CustodyRemotes } from './custody-remotes';
import { IdSet } from './id-set';

export interface ReconcilerOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly remotes: CustodyRemotes;
  readonly alerts: {
    raise(code: string, level: 'warning' | 'critical', evidence: string, subject: string): void;
    clear(code: string, subject: string): void;
  };
  /** Of a whole file, off the main thread. */
  readonly sha256: (path: string) => Promise<string>;
  /** Of our own; what it lies in must be there. */
  readonly folder: string;
}

/** Objects that are looked up at once, and numbers of recordings that are walked through at once. */
const OBJECTS_AT_ONCE = 200;
const IDS_AT_ONCE = 1_000;
/** Asked for by themselves at the same time. */
const LOOKS_AT_ONCE = 4;
/** Paths that are written into the log. */
const MOST_TOLD = 10;
const ALERT = 'cloud.copies_missing';

interface Counts {
  objects: number;
  agreed: number;
  missing: number;
  different: number;
  unknown: number;
}

/** One comparison under way, or over. */
interface Run {
  readonly remote: string;
  readonly name: string;
  readonly startedMs: number;
  finishedMs: number | null;
  problem: string | null;
  readonly counts: Counts;
  /** Recordings that were found to be nowhere. */
  lost: number;
  /** Copies that were believed lost, and are there. */
  regained: number;
  readonly unknownPaths: string[];
}

/**
 * Compares what lies on a remote with what the database says of it, and corrects what the database says: a copy that is
 * gone or is something else is none, and its recording is sent again if it is here; one that was believed lost and is
 * there is a copy again once it is proved. Nothing is changed there.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #copies: CopyRows;
  readonly #stopping = new AbortController();
  /** The last one of each remote. */
  readonly #runs = new Map<string, Run>();
  readonly #working = new Set<Promise<void>>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#copies = new CopyRows(options.connection);
  }

  /** Begins, and does not wait. @throws NotFoundError; ConflictError: one is under way */
  reconcile(slug: string): Reconciliation {
    const { name } = this.#known(slug);
    if (this.#runs.get(slug)?.finishedMs === null) {
      const text = `"${name}" is being compared already.`;
      throw new ConflictError('reconciliation_running', slug, text);
    }
    const run: Run = {
      remote: slug,
      name,
      startedMs: this.#options.clock.wallMs(),
      finishedMs: null,
      problem: null,
      counts: { objects: 0, agreed: 0, missing: 0, different: 0, unknown: 0 },
      lost: 0,
      regained: 0,
      unknownPaths: [],
    };
    this.#runs.set(slug, run);
    const working = this.#run(run).finally(() => {
      this.#working.delete(working);
    });
    this.#working.add(working);
    return told(run);
  }

  /** The last one since the console was started, also while it is under way; null: none. @throws NotFoundError */
  reconciliation(slug: string): Reconciliation | null {
    this.#known(slug);
    const run = this.#runs.get(slug);
    return run === undefined ? null : told(run);
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#working);
  }

  #known(slug: string): { readonly name: string } {
    const remote = this.#options.remotes.list().find((one) => one.slug === slug);
    if (remote === undefined) throw new NotFoundError('remote', slug);
    return remote;
  }

  async #run(run: Run): Promise<void> {
    const { clock, bus, logger } = this.#options;
    const { signal } = this.#stopping;
    try {
      await this.#compare(run);
    } catch (error) {
      run.problem = signal.aborted ? 'The station was stopped.' : inWords(error);
    }
    run.finishedMs = clock.wallMs();
    const { remote, counts, lost, regained, problem, unknownPaths } = run;
    const facts = { remote, ...counts, lost, regained, problem, unknownPaths };
    const isWell = problem === null && counts.missing === 0 && counts.different === 0;
    const text = 'A remote was compared with the database.';
    if (isWell) logger.info('custody.reconciled', text, facts);
    else logger.warn('custody.reconciled', text, facts);
    this.#tell(run);
    bus.emit('remote.changed', { slug: remote });
    const changed = counts.missing + counts.different + regained;
    if (changed > 0) bus.emit('recordings.changed', { recordings: changed });
  }

  #tell({ remote, name, counts, lost, problem }: Run): void {
    const { alerts } = this.#options;
    const { missing, different } = counts;
    if (missing + different === 0) {
      if (problem === null) alerts.clear(ALERT, remote);
      return;
    }
    const nowhere = lost === 0 ? '' : ` ${String(lost)} of these recordings are nowhere any more.`;
    const evidence = `Of what "${name}" was sent ${String(missing)} copies are gone and ${String(different)} are something else.${nowhere}`;
    alerts.raise(ALERT, lost > 0 ? 'critical' : 'warning', evidence, remote);
  }

  async #compare(run: Run): Promise<void> {
    const { signal } = this.#stopping;
    const provider = await this.#options.remotes.provider(run.remote);
    // A place that cannot be reached would seem to be empty.
    await provider.check(signal);
    const throughId = this.#copies.newestId();
    const seen = new IdSet();
    let some: RemoteObject[] = [];
    for await (const object of provider.list('', signal)) {
      signal.throwIfAborted();
      some.push(object);
      if (some.length < OBJECTS_AT_ONCE) continue;
      await this.#look(run, provider, some, seen);
      some = [];
      await nextTurn();
    }
    await this.#look(run, provider, some, seen);
    await this.#findMissing(run, provider, seen, throughId);
  }

  /** What is there. */
  async #look(
    run: Run,
    provider: CloudProvider,
    objects: readonly RemoteObject[],
    seen: IdSet,
  ): Promise<void> {
    const known = this.#copies.at(
      run.remote,
      objects.map(({ path }) => path),
    );
    const doubtful: KnownCopy[] = [];
    for (const object of objects) {
      run.counts.objects += 1;
      const copy = known.get(object.path);
      if (copy === undefined) {
        run.counts.unknown += 1;
        if (run.unknownPaths.length < MOST_TOLD) run.unknownPaths.push(object.path);
        continue;
      }
      seen.add(copy.recordingId);
      const verdict = compareCopy(copy, object);
      if (verdict === 'agreed') run.counts.agreed += 1;
      if (verdict === 'different' || verdict === 'regained') doubtful.push(copy);
    }
    await this.#settle(run, provider, doubtful);
  }

  /** What is said to be there, and was not in the list. */
  async #findMissing(
    run: Run,
    provider: CloudProvider,
    seen: IdSet,
    throughId: number,
  ): Promise<void> {
    for (let after = 0; after < throughId; after += IDS_AT_ONCE) {
      this.#stopping.signal.throwIfAborted();
      const copies = this.#copies
        .between(run.remote, after, Math.min(throughId, after + IDS_AT_ONCE))
        .filter(({ recordingId }) => !seen.has(recordingId));
      await this.#settle(run, provider, copies);
      await nextTurn();
    }
  }

  /** A list is minutes old by now: each object is asked for by itself before anything is believed of it. */
  async #settle(run: Run, provider: CloudProvider, copies: readonly KnownCopy[]): Promise<void> {
    const waiting = [...copies];
    const work = async (): Promise<void> => {
      for (let copy = waiting.shift(); copy !== undefined; copy = waiting.shift()) {
        this.#stopping.signal.throwIfAborted();
        await this.#settleOne(run, provider, copy);
        // Each may be a commit: others have their turn between two.
        await nextTurn();
      }
    };
    await Promise.all(Array.from({ length: Math.min(LOOKS_AT_ONCE, waiting.length) }, work));
  }

  async #settleOne(run: Run, provider: CloudProvider, before: KnownCopy): Promise<void> {
    const { clock } = this.#options;
    const object = await provider.stat(before.path, this.#stopping.signal);
    const copy = this.#copies.at(run.remote, [before.path]).get(before.path);
    // Somebody sent it anew or purged it meanwhile: that is newer than what was seen here.
    if (copy === undefined || !isUnchanged(copy, before)) return;
    const verdict = object === null ? 'missing' : compareCopy(copy, object);
    if (verdict === 'agreed') {
      run.counts.agreed += 1;
    } else if (verdict === 'missing' || verdict === 'different') {
      const code = verdict === 'missing' ? 'NOT_FOUND' : 'MISMATCH';
      const { changed, isLost } = this.#copies.withdraw(copy, code, clock.wallMs());
      if (changed) run.counts[verdict] += 1;
      if (isLost) run.lost += 1;
    } else if (verdict === 'regained' && object !== null) {
      await this.#regain(run, provider, copy, object);
    }
  }

  async #regain(
    run: Run,
    provider: CloudProvider,
    copy: KnownCopy,
    object: RemoteObject,
  ): Promise<void> {
    const { clock } = this.#options;
    const by = isProvedByHash(copy, object) ? 'hash' : 'download';
    if (by === 'download' && !(await this.#isAsSent(provider, copy))) {
      run.counts.different += 1;
      return;
    }
    if (!this.#copies.restore(copy, by, clock.wallMs())) return;
    run.regained += 1;
    run.counts.agreed += 1;
  }

  /** There is nothing here to compare samples with: it is read whole. */
  async #isAsSent(provider: CloudProvider, copy: KnownCopy): Promise<boolean> {
    const { folder, sha256 } = this.#options;
    await makeFolder(folder);
    const file = join(folder, `${String(copy.recordingId)}-${randomUUID()}.proof`);
    try {
      await provider.download(copy.path, file, { signal: this.#stopping.signal });
      return (await sha256(file)) === copy.sha256;
    } finally {
      await rm(file, { force: true });
    }
  }
}

function isUnchanged(now: KnownCopy, before: KnownCopy): boolean {
  return (
    now.recordingId === before.recordingId &&
    now.state === before.state &&
    now.sinceMs === before.sinceMs &&
    now.sha256 === before.sha256
  );
}

function told({ remote, startedMs, finishedMs, problem, counts }: Run): Reconciliation {
  return {
    remote,
    startedAt: toInstant(startedMs),
    finishedAt: finishedMs === null ? null : toInstant(finishedMs),
    ...counts,
    problem,
  };
}

function inWords(error: unknown): string {
  return error instanceof CloudError ? `${error.code}: ${error.message}` : messageOf(error);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
