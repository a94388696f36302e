import { type SignalHealth, signalHealthSchema } from '@shared/model/recorder';
import type { Connection } from '../database/connection';
import type { Measured } from './hash-queue';

interface Newest {
  readonly runId: string;
  /** null: nothing of the run was measured yet. */
  readonly measured: { readonly sequence: number; readonly signal: SignalHealth } | null;
}

/** What each recorder sounds like now: what its present run recorded last, never an older one. */
export class NewestSignal {
  readonly #select;
  /** Per device, of the run that was asked for last. */
  readonly #newest = new Map<string, Newest>();

  constructor({ sqlite }: Connection) {
    // A row without a measure is one of the last few, or of a time before there were measures.
    this.#select = sqlite.prepare<[string, string], { sequence: number; signal: string }>(
      `select sequence, signal from (select sequence, signal from recordings
         where device = ? and run_id = ? order by sequence desc limit 20)
       where signal is not null order by sequence desc limit 1`,
    );
  }

  /** null before there is a measure. */
  of(device: string, runId: string): SignalHealth | null {
    const known = this.#newest.get(device);
    if (known?.runId === runId) return known.measured?.signal ?? null;
    const row = this.#select.get(device, runId);
    const measured =
      row === undefined
        ? null
        : { sequence: row.sequence, signal: signalHealthSchema.parse(JSON.parse(row.signal)) };
    this.#newest.set(device, { runId, measured });
    return measured?.signal ?? null;
  }

  /**
   * To be told once it is in its row.
   * @returns whether it is the newest one of the run that is asked for. One that is measured late, e.g. after a database was lost, tells
   * nothing of now.
   */
  note({ device, runId, sequence, signal }: Measured): boolean {
    if (runId === null || sequence === null) return false;
    if (!this.#newest.has(device)) this.of(device, runId);
    const known = this.#newest.get(device);
    if (known?.runId !== runId) return false;
    if (known.measured !== null && known.measured.sequence > sequence) return false;
    this.#newest.set(device, { runId, measured: { sequence, signal } });
    return true;
  }
}
