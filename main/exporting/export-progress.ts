import type { Export, ExportRemark } from '@shared/model/export';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Pace } from './pace';

const MOST_REMARKS = 100;

/** What is known of an export from the beginning. */
export type ExportFacts = Pick<
  Export,
  'id' | 'format' | 'streams' | 'folder' | 'recordings' | 'totalBytes'
>;

/** How far an export is. */
export class ExportProgress {
  readonly #facts: ExportFacts;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #startedMs: number;
  readonly #remarks: ExportRemark[] = [];
  #pace: Pace;
  #state: Export['state'] = 'running';
  #phase: Export['phase'] = 'writing';
  #finishedMs: number | null = null;
  #done = 0;
  #skipped = 0;
  #remarkCount = 0;
  #files = 0;
  #totalBytes: number;
  /** Of recordings that are dealt with, and of the present one. */
  #settledBytes = 0;
  #currentBytes = 0;
  #problem: string | null = null;

  /** @param changed told after each step, however small */
  constructor(facts: ExportFacts, clock: Clock, changed: () => void) {
    this.#facts = facts;
    this.#clock = clock;
    this.#changed = changed;
    this.#startedMs = clock.wallMs();
    this.#totalBytes = facts.totalBytes;
    this.#pace = new Pace(clock);
    this.#pace.at(0);
  }

  get state(): Export['state'] {
    return this.#state;
  }

  get skipped(): number {
    return this.#skipped;
  }

  get remarkCount(): number {
    return this.#remarkCount;
  }

  get files(): number {
    return this.#files;
  }

  /** Bytes of the present recording, or read back. */
  bytes(bytes: number): void {
    this.#currentBytes += bytes;
    this.#moved();
  }

  file(): void {
    this.#files += 1;
    this.#changed();
  }

  remark(remark: ExportRemark): void {
    this.#remarkCount += 1;
    if (remark.kind === 'skipped') this.#skipped += 1;
    if (this.#remarks.length < MOST_REMARKS) this.#remarks.push(remark);
    this.#changed();
  }

  /** One more recording is dealt with. @param bytes what it counts in the total */
  recording(bytes: number): void {
    this.#done += 1;
    this.#settledBytes = Math.min(this.#totalBytes, this.#settledBytes + bytes);
    this.#currentBytes = 0;
    this.#moved();
  }

  /** All is written; now it is read back. */
  verifying(totalBytes: number): void {
    this.#phase = 'verifying';
    this.#totalBytes = totalBytes;
    this.#settledBytes = 0;
    this.#currentBytes = 0;
    this.#pace = new Pace(this.#clock);
    this.#moved();
  }

  over(state: Exclude<Export['state'], 'running'>, problem: string | null): void {
    this.#state = state;
    this.#phase = null;
    this.#problem = problem;
    this.#finishedMs = this.#clock.wallMs();
    this.#changed();
  }

  snapshot(): Export {
    const running = this.#state === 'running';
    const hasBytes = this.#totalBytes > 0;
    const left = hasBytes
      ? this.#totalBytes - this.#doneBytes
      : this.#facts.recordings - this.#done;
    return {
      ...this.#facts,
      totalBytes: this.#totalBytes,
      state: this.#state,
      phase: this.#phase,
      startedAt: toInstant(this.#startedMs),
      finishedAt: this.#finishedMs === null ? null : toInstant(this.#finishedMs),
      done: this.#done,
      skipped: this.#skipped,
      remarkCount: this.#remarkCount,
      remarks: [...this.#remarks],
      files: this.#files,
      doneBytes: this.#doneBytes,
      bytesPerS: running && hasBytes ? this.#pace.perS() : null,
      secondsLeft: running ? this.#pace.secondsFor(left) : null,
      problem: this.#problem,
    };
  }

  get #doneBytes(): number {
    return Math.min(this.#totalBytes, this.#settledBytes + this.#currentBytes);
  }

  #moved(): void {
    this.#pace.at(this.#totalBytes > 0 ? this.#doneBytes : this.#done);
    this.#changed();
  }
}
