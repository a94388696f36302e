import { join } from 'node:path';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import type { EventBus } from '../events/bus';
import type { RunAnchored, RunEnded } from '../events/run-events';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import { type Disk, realDisk } from './disk';
import { retimeFiles } from './retime-recording';
import { type Decision, RetimingJournal } from './retiming-journal';
import type { RetimableRun, RunArchive, RunKey } from './run-archive';
import { type UnsyncedRecording, UnsyncedRecordings } from './unsynced-recordings';
import { messageOf } from '../error-message';

export interface RetimerOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly archive: RunArchive;
  readonly bootId: () => Promise<string>;
  /**
   * What must be added to times that were taken by an anchor of this boot, milliseconds; null as long as the
   * clock has not become right.
   */
  readonly correctionOf: (anchor: { wallMs: number; monotonicMs: number }) => number | null;
  /** See `RetimingTools`. */
  readonly restamp: (path: string, startMs: number) => Promise<boolean>;
  /** Does work that renames files while nothing is being indexed; it says which names are new. */
  readonly whileNotIndexing: (work: () => Promise<readonly string[]>) => Promise<void>;
  /** May the data folder be written to? Not while its disk is not mounted. */
  readonly diskUsable: () => boolean;
  readonly disk?: Disk;
}

/** Recordings per turn of the indexer: others get theirs soon. */
const BATCH = 10;
/** What no event tells of is found this late. */
const IDLE_MS = 60_000;
/** All runs are looked through again this often: what an event should have told. */
const LOOK_THROUGH_MS = 10 * 60_000;

/**
 * Corrects the times of what was recorded before the clock was set: rows, file names, the runs' ledgers, the files'
 * own metadata. Only of this boot, whose monotonic time tells how wrong the clock was; and only of runs that knew that
 * their clock was not synchronised.
 */
export class Retimer implements Service {
  readonly name = 'retimer';
  readonly #options: RetimerOptions;
  readonly #disk: Disk;
  readonly #journal: RetimingJournal;
  readonly #recordings: UnsyncedRecordings;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  /** Runs that need nothing, as far as can be told for good. */
  readonly #settled = new Set<string>();
  /** Runs whose anchor was moved, or whose moving failed: never twice. */
  readonly #shifted = new Set<string>();
  /**
   * Runs that go on, and whose anchor is right by now. Until they end, months later, only recordings that are marked
   * tell of work: neither their record nor their ledger is read.
   */
  readonly #resting = new Set<string>();
  /** Per run that is over, a segment whose recording is still to come. */
  readonly #awaited = new Map<string, number>();
  /** Recordings whose trouble was reported, so that each is once. */
  readonly #reported = new Set<number>();
  #takenUp = false;
  #lookThroughAtMs = -Infinity;
  #loop: Promise<void> | null = null;
  #retimed = 0;
  #problem: string | null = null;

  constructor(options: RetimerOptions) {
    this.#options = options;
    this.#disk = options.disk ?? realDisk;
    this.#journal = new RetimingJournal(join(options.dataRoot, 'retiming.json'), this.#disk);
    this.#recordings = new UnsyncedRecordings(options.connection);
    this.#nudge = new Nudge(options.clock);
  }

  start(): Promise<void> {
    if (this.#loop !== null) return Promise.resolve();
    const { bus } = this.#options;
    bus.on('clock.synced', this.#onSynced);
    bus.on('run.anchored', this.#onAnchored);
    bus.on('run.ended', this.#onEnded);
    bus.on('recording.indexed', this.#onWork);
    this.#loop = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    const { bus } = this.#options;
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
    bus.off('clock.synced', this.#onSynced);
    bus.off('run.anchored', this.#onAnchored);
    bus.off('run.ended', this.#onEnded);
    bus.off('recording.indexed', this.#onWork);
  }

  status(): ServiceStatus {
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: this.#problem === null,
      }),
      details: this.#problem ?? '',
      counters: { runs_pending: this.#journal.decisions.length, retimed_total: this.#retimed },
    };
  }

  /**
   * Decides what can be decided and corrects what can be corrected. One at a time.
   * @throws whatever the disk and the database throw; all that was begun can be completed later
   */
  async turn(): Promise<void> {
    const { clock, diskUsable } = this.#options;
    if (!diskUsable()) return;
    await this.#takeUp();
    if (clock.monotonicMs() >= this.#lookThroughAtMs) {
      this.#lookThroughAtMs = clock.monotonicMs() + LOOK_THROUGH_MS;
      this.#resting.clear();
      await this.#decide();
    }
    for (const decision of this.#journal.decisions) {
      if (this.#abort.signal.aborted) return;
      const resting = this.#resting.has(keyOf(decision));
      if (!resting) await this.#shiftRunning(decision);
      const failed = await this.#correct(decision);
      if (!failed && !resting && (await this.#isComplete(decision))) {
        await this.#journal.remove(decision);
        this.#settled.add(keyOf(decision));
      }
    }
  }

  /** What an earlier console began. */
  async #takeUp(): Promise<void> {
    if (this.#takenUp) return;
    const damage = await this.#journal.load();
    this.#takenUp = true;
    if (damage === null) return;
    // What it named stays marked as it is: that is true, if less than could be known.
    const words = 'The re-timing journal could not be understood; it begins anew.';
    this.#options.logger.error('retiming.journal_damaged', words, { damage });
  }

  readonly #onSynced = (): void => {
    this.#lookThrough();
  };

  readonly #onAnchored = (run: RunAnchored): void => {
    if (run.synced === false) this.#lookThrough();
  };

  readonly #onWork = (): void => {
    if (this.#journal.decisions.length > 0) this.#nudge.nudge();
  };

  readonly #onEnded = ({ runId }: RunEnded): void => {
    for (const decision of this.#journal.decisions) {
      if (decision.runId === runId) this.#resting.delete(keyOf(decision));
    }
    this.#onWork();
  };

  #lookThrough(): void {
    this.#lookThroughAtMs = -Infinity;
    this.#nudge.nudge();
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.turn();
        this.#problem = null;
      } catch (error) {
        this.#lookThroughAtMs = -Infinity;
        this.#problem = messageOf(error);
        logger.error('retiming.failed', 'Times could not be corrected; it is tried again.', {
          error,
        });
        await clock.sleep(5_000, signal);
      }
      // Nudges come with every recording: several of them are served by one turn.
      await clock.sleep(500, signal);
      await this.#nudge.wait(IDLE_MS, signal);
    }
  }

  /** Finds the runs of this boot whose clock was not synchronised and has become so. */
  async #decide(): Promise<void> {
    const { archive, correctionOf, logger } = this.#options;
    const bootId = await this.#options.bootId();
    const decisions: Decision[] = [];
    for (const key of await archive.list()) {
      if (this.#abort.signal.aborted) return;
      if (this.#settled.has(keyOf(key)) || this.#journal.has(key)) continue;
      const run = await this.#readRun(key);
      if (run === null) continue;
      if (run.bootId !== bootId || (run.anchor !== null && run.anchor.synced !== false)) {
        this.#settled.add(keyOf(key));
        continue;
      }
      const deltaMs = run.anchor === null ? null : correctionOf(run.anchor);
      if (deltaMs === null) continue;
      const { device } = run;
      decisions.push({ ...key, device, deltaMs });
      logger.info('run.retiming', 'The clock was set: the times of a run are corrected.', {
        device,
        run: key.runId,
        deltaMs: Math.round(deltaMs),
      });
    }
    if (decisions.length > 0) await this.#journal.add(decisions);
  }

  /** One that cannot be read now is looked at again, and holds up no other. */
  async #readRun(key: RunKey): Promise<RetimableRun | null> {
    try {
      return await this.#options.archive.read(key);
    } catch (error) {
      const words = 'A run could not be read; whether its times are to be corrected is seen later.';
      this.#options.logger.warn('retiming.run_unreadable', words, { run: key.runId, error });
      return null;
    }
  }

  /** What a run that goes on records from now on is to carry the right time at once. */
  async #shiftRunning(decision: Decision): Promise<void> {
    const { archive, logger } = this.#options;
    if (this.#shifted.has(keyOf(decision))) return;
    const isWrong = async (): Promise<boolean> => {
      const run = await archive.read(decision);
      return run !== null && !run.ended && run.anchor?.synced === false;
    };
    if (!(await isWrong())) return;
    try {
      await archive.shift(decision.runId, decision.deltaMs);
      // Else nobody records it yet: an earlier console's run that has not been taken over.
      if (!(await isWrong())) this.#shifted.add(keyOf(decision));
    } catch (error) {
      // Perhaps it was moved and only not written down. Its recordings are corrected one by one.
      this.#shifted.add(keyOf(decision));
      const context = { device: decision.device, run: decision.runId, error };
      logger.error('run.shift_failed', 'The anchor of a running capture was not moved.', context);
    }
  }

  /** @returns whether something could not be done */
  async #correct(decision: Decision): Promise<boolean> {
    const { device, runId } = decision;
    let failed = false;
    for (let after = -1; !this.#abort.signal.aborted;) {
      const batch = this.#recordings.after(device, runId, after, BATCH);
      const last = batch.at(-1);
      if (last === undefined) return failed;
      after = last.sequence;
      await this.#options.whileNotIndexing(async () => {
        const names: string[] = [];
        for (const recording of batch) {
          try {
            names.push(...(await this.#retime(decision, recording)));
          } catch (error) {
            failed = true;
            this.#report(recording, error);
          }
        }
        return names;
      });
    }
    return true;
  }

  /** @returns the paths of its files */
  async #retime(decision: Decision, recording: UnsyncedRecording): Promise<string[]> {
    const { archive, dataRoot, restamp, clock, bus, logger } = this.#options;
    const retimed = await retimeFiles(
      { disk: this.#disk, archive, dataRoot, restamp },
      decision,
      recording,
      await archive.segment(decision, recording.sequence),
      clock.wallMs(),
    );
    this.#recordings.update(retimed);
    this.#retimed += 1;
    logger.debug('recording.retimed', 'The time of a recording was corrected.', {
      recording: recording.id,
      from: recording.timeMs,
      to: retimed.timeMs,
    });
    bus.emit('recording.retimed', { id: recording.id });
    return Object.values(retimed.paths).filter((path) => path !== null);
  }

  #report(recording: UnsyncedRecording, error: unknown): void {
    if (this.#reported.has(recording.id)) return;
    this.#reported.add(recording.id);
    const words = 'The time of a recording could not be corrected; it is tried again.';
    this.#options.logger.error('recording.retiming_failed', words, {
      recording: recording.id,
      error,
    });
  }

  /** Over, and nothing of it can come to light any more that carries the wrong time. */
  async #isComplete(decision: Decision): Promise<boolean> {
    const { device, runId } = decision;
    const run = await this.#options.archive.read(decision);
    if (run === null) return true;
    if (!run.ended) {
      if (this.#isRight(run)) this.#resting.add(keyOf(decision));
      return false;
    }
    const isMarked = (): boolean => this.#recordings.after(device, runId, -1, 1).length > 0;
    if (isMarked()) return false;
    const awaited = this.#awaited.get(keyOf(decision));
    if (awaited !== undefined && (await this.#isToCome(decision, awaited))) return false;
    for await (const part of this.#options.archive.ledgerParts(decision)) {
      const wrong = part.filter(({ clockSynced }) => clockSynced === false);
      const sequences = wrong.map(({ sequence }) => sequence);
      for (const sequence of this.#recordings.missing(device, runId, sequences)) {
        if (!(await this.#isToCome(decision, sequence))) continue;
        this.#awaited.set(keyOf(decision), sequence);
        return false;
      }
    }
    this.#awaited.delete(keyOf(decision));
    // Indexed while the ledger was being read?
    return !isMarked();
  }

  /** Will what it records from now on carry the right time, or be corrected one by one for good? */
  #isRight(run: RetimableRun): boolean {
    return this.#shifted.has(keyOf(run)) || (run.anchor !== null && run.anchor.synced !== false);
  }

  /** Is there a file of this segment, named by the wrong clock, that has no recording yet? */
  async #isToCome(decision: Decision, sequence: number): Promise<boolean> {
    const { archive, dataRoot } = this.#options;
    const { device, runId, workspace } = decision;
    if (this.#recordings.missing(device, runId, [sequence]).length === 0) return false;
    const segment = await archive.segment(decision, sequence);
    if (segment?.clockSynced !== false) return false;
    for (const stream of ['raw', 'processed']) {
      const folder = join(dataRoot, 'recorder', workspace, 'data', stream);
      if (await this.#disk.exists(join(folder, segment.fileName))) return true;
    }
    return false;
  }
}

function keyOf({ workspace, runId }: RunKey): string {
  return `${workspace}/${runId}`;
}
