import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JanitorMode } from '@shared/model/janitor';
import type { Stream } from '@shared/model/recording';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { orNothing } from '../files/absent';
import { removeFiles } from '../files/remove-files';
import type { Logger } from '../logging/logger';
import { messageOf } from '../error-message';
import { CandidateRows } from './candidate-rows';
import { SEVERITIES } from './demand';
import type { DeletionJournal, JournalEntry } from './deletion-journal';
import { DeletionRows } from './deletion-rows';
import { type DecisionContext, explain } from './explanation';
import { filesOf, type Planned } from './planner';
import { type Circumstances, standingOf } from './standing';

export interface RemovalOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly journal: DeletionJournal;
  /** Is the disk there, looked at now? On another one every file would seem to be removed already. */
  readonly diskIsThere: () => Promise<boolean>;
  /** Does work while no file is renamed and no row is made, see the indexer. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** These files are gone: nobody is to believe any more that they are known. */
  readonly forget: (paths: readonly string[]) => void;
  /** It is sent, or read to be sent, just now. */
  readonly inUse: (recordingId: number) => boolean;
  /** Resolves when all is on the disk that was committed before. @throws Node's errors */
  readonly forceCommits: () => Promise<void>;
  /** Files that lie beside one, such as the sidecar of an import. */
  readonly companionsOf?: (path: string) => readonly string[];
}

/** What was decided, for a few recordings. */
export interface Sentence extends DecisionContext {
  readonly mode: JanitorMode;
  readonly circumstances: Circumstances;
  /** Of the analysis, those that are on. */
  readonly workers: readonly string[];
}

export interface Removed {
  readonly recordings: number;
  readonly bytes: number;
  /** Of those: a copy was wanted, and none had been read back. */
  readonly unsaved: number;
  readonly protected: number;
  /** Whose files would not go, and why. */
  readonly failed: ReadonlyMap<number, string>;
  /** Which have changed since the plan: not any more, or not just now. */
  readonly passedOver: readonly number[];
}

interface Doomed {
  readonly planned: Planned;
  readonly paths: readonly string[];
  readonly entry: JournalEntry;
}

/** So many are removed between two syncs of their folders, and written in one transaction. */
export const SLICE = 50;

/**
 * Carries out what was planned. The journal knows before the first file goes; the row is told last. A recording that
 * has changed since the plan (protected, fetched back, its copy lost) stays.
 */
export class Removal {
  readonly #options: RemovalOptions;
  readonly #rows: CandidateRows;
  readonly #deletions: DeletionRows;

  constructor(options: RemovalOptions) {
    this.#options = options;
    this.#rows = new CandidateRows(options.connection.sqlite);
    this.#deletions = new DeletionRows(options.connection);
  }

  /**
   * @param planned at most SLICE
   * @throws Error when the disk went; better-sqlite3's SqliteError; Node's errors of the journal. What was removed
   * until then is in the journal.
   */
  async run(planned: readonly Planned[], sentence: Sentence): Promise<Removed> {
    let removed = nothingRemoved(planned, new Map());
    await this.#options.alone(async () => {
      removed = await this.#run(planned, sentence);
    });
    return removed;
  }

  async #run(planned: readonly Planned[], sentence: Sentence): Promise<Removed> {
    const { journal, dataRoot, companionsOf = () => [] } = this.#options;
    await this.#insistOnDisk();
    const failed = new Map<number, string>();
    const doomed = await this.#stillDoomed(planned, sentence, failed);
    if (doomed.length === 0) return nothingRemoved(planned, failed);
    await this.#writeAhead(doomed, sentence.mode);
    // That a copy was read back is committed without waiting for the disk: a power cut must not take it and leave the loss.
    await this.#options.forceCommits();
    const paths = doomed.flatMap((one) => one.paths);
    const failures = await removeFiles(dataRoot, paths, { links: 'leave' });
    await this.#insistOnDisk();
    const gone = this.#write(doomed, failures, failed);
    // What lies beside a file that is gone is of no use, and no loss where it would not go.
    const companions = gone.flatMap((one) => one.paths.flatMap((path) => [...companionsOf(path)]));
    if (companions.length > 0) await removeFiles(dataRoot, companions, { links: 'leave' });
    await journal.clear();
    this.#options.forget(paths.filter((path) => path.startsWith('recorder/')));
    return {
      recordings: gone.length,
      bytes: sum(gone.map(({ planned: { bytes } }) => bytes)),
      unsaved: gone.filter(({ planned: { safe } }) => !safe).length,
      protected: gone.filter(({ planned: { candidate } }) => candidate.protected).length,
      failed,
      passedOver: othersThan(planned, [...gone.map(({ planned: one }) => one), ...failed.keys()]),
    };
  }

  async #insistOnDisk(): Promise<void> {
    if (await this.#options.diskIsThere()) return;
    throw new Error('the data disk is not there: nothing that is seen there can be believed');
  }

  /** Those that the rules give up still, with the files that are there. */
  async #stillDoomed(
    planned: readonly Planned[],
    sentence: Sentence,
    failed: Map<number, string>,
  ): Promise<Doomed[]> {
    const { clock } = this.#options;
    const atMs = clock.wallMs();
    const known = this.#rows.byIds(
      planned.map(({ candidate }) => candidate.id),
      sentence.workers,
    );
    const doomed: Doomed[] = [];
    for (const one of planned) {
      const candidate = known.get(one.candidate.id);
      if (candidate === undefined || this.#options.inUse(candidate.id)) continue;
      const { goesFrom, safe } = standingOf(candidate, sentence.circumstances);
      if (!isStillGivenUp(goesFrom, one)) continue;
      const fresh: Planned = { ...one, candidate, safe };
      const paths = await this.#filesThere(fresh, failed);
      if (paths.length === 0) continue;
      const entry: JournalEntry = {
        atMs,
        mode: sentence.mode,
        reason: fresh.reason,
        safe,
        explanation: explain(fresh, sentence),
        paths: [...paths],
        bytes: candidate.rawBytes + candidate.processedBytes,
      };
      doomed.push({ planned: fresh, paths, entry });
    }
    return doomed;
  }

  /** A recording none of whose files is there was not deleted by us: an audit tells of it. */
  async #filesThere(
    { candidate }: Planned,
    failed: Map<number, string>,
  ): Promise<readonly string[]> {
    const paths = filesOf(candidate);
    try {
      for (const path of paths) {
        if ((await orNothing(lstat(join(this.#options.dataRoot, path)))) !== null) return paths;
      }
      failed.set(candidate.id, 'its files are not there: an audit will tell');
    } catch (error) {
      failed.set(candidate.id, messageOf(error));
    }
    return [];
  }

  async #writeAhead(doomed: readonly Doomed[], mode: JanitorMode): Promise<void> {
    const { journal, logger } = this.#options;
    try {
      await journal.add(doomed.map(({ entry }) => entry));
    } catch (error) {
      // On a disk that is full to the last byte the first files must go before anything can be written. Should the
      // power fail in that moment, an audit finds the rows that have lost their files.
      if (mode !== 'panic') throw error;
      logger.warn('janitor.journal_failed', 'Deletions could not be noted beforehand.', {
        error: messageOf(error),
      });
    }
  }

  /** @returns those that are gone */
  #write(
    doomed: readonly Doomed[],
    failures: ReadonlyMap<string, unknown>,
    failed: Map<number, string>,
  ): Doomed[] {
    const gone: Doomed[] = [];
    this.#options.connection.sqlite
      .transaction(() => {
        for (const one of doomed) {
          const { id } = one.planned.candidate;
          const left = one.paths.filter((path) => failures.has(path));
          if (left.length === 0) {
            this.#deletions.write(id, one.entry);
            gone.push(one);
            continue;
          }
          failed.set(id, messageOf(failures.get(left[0] ?? '')));
          if (left.length < one.paths.length) this.#deletions.markOne(id, otherStream(one, left));
        }
      })
      .immediate();
    return gone;
  }
}

function nothingRemoved(planned: readonly Planned[], failed: ReadonlyMap<number, string>): Removed {
  const passedOver = othersThan(planned, [...failed.keys()]);
  return { recordings: 0, bytes: 0, unsaved: 0, protected: 0, failed, passedOver };
}

function othersThan(planned: readonly Planned[], settled: readonly (Planned | number)[]): number[] {
  const known = new Set(settled.map((one) => (typeof one === 'number' ? one : one.candidate.id)));
  return planned.map(({ candidate }) => candidate.id).filter((id) => !known.has(id));
}

/** May a recording that stands so still go for what it was planned for? */
function isStillGivenUp(
  goesFrom: ReturnType<typeof standingOf>['goesFrom'],
  { severity, candidate }: Planned,
): boolean {
  if (goesFrom === null) return false;
  if (goesFrom === 'last') return severity === 'panic' && candidate.protected;
  return SEVERITIES.indexOf(goesFrom) <= SEVERITIES.indexOf(severity ?? 'housekeeping');
}

/** The stream whose file is gone. */
function otherStream({ planned: { candidate } }: Doomed, left: readonly string[]): Stream {
  return candidate.rawPath !== null && left.includes(candidate.rawPath) ? 'processed' : 'raw';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
