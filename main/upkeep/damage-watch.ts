import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock/clock';
import { MARKER_NAME } from '../data-folder';
import { setMark } from '../database/marks';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import type { AlertSink } from './alert-sink';

/** After an opening that found nothing wrong, no other is asked for so soon: it would find as little. */
const PATIENCE_MS = 3_600_000;

export interface DamageWatchOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly alerts: AlertSink;
  readonly diskUsable: () => boolean;
  /** The file had been suspected before this opening, which found nothing. */
  readonly wasCleared: boolean;
  /** Keeps what only the open connection has left, as a backup. */
  readonly saveOpenFile: () => Promise<void>;
}

/**
 * What is wrong with the database's file while it is in use. It is written down beside the file, told, and the station
 * is asked to be opened anew: opening is where a damaged file is replaced.
 */
export class DamageWatch {
  readonly #options: DamageWatchOptions;
  readonly #sinceMs: number;
  #reason: string | null = null;
  #asked = false;
  /** The file that was opened. */
  #identity: { readonly dev: number; readonly ino: number } | null = null;

  constructor(options: DamageWatchOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.monotonicMs();
  }

  /** What is wrong; null: nothing is known. */
  get reason(): string | null {
    return this.#reason;
  }

  /** Something said that the file is damaged. Returns at once; safe to repeat. */
  suspect(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const { logger, alerts } = this.#options;
    logger.error('database.damaged', 'The database is damaged.', { reason });
    alerts.raise('database.damaged', 'critical', `The database is damaged: ${reason}`);
    void this.#ask();
  }

  /** Is the file still the one that was opened? What could not be asked for before is asked for. Never throws. */
  async look(): Promise<void> {
    const { file, diskUsable, saveOpenFile, logger } = this.#options;
    if (!diskUsable()) return;
    if (this.#reason !== null) {
      await this.#ask();
      return;
    }
    const found = await stat(file).catch(() => null);
    this.#identity ??= found;
    const known = this.#identity;
    if (known === null || found?.ino === known.ino) return;
    // Looked at after the file, which is not called deleted because its disk went in between. Another disk: the watch
    // of the disk tells of that.
    const folder = await stat(dirname(file)).catch(() => null);
    if (folder?.dev !== known.dev) return;
    const what = found === null ? 'deleted' : 'replaced';
    try {
      await saveOpenFile();
    } catch (error) {
      logger.error('database.save_failed', 'What was in the lost database could not be kept.', {
        error,
      });
    }
    this.suspect(`its file was ${what} while it was in use`);
  }

  async #ask(): Promise<void> {
    const { file, clock, bus, wasCleared, logger } = this.#options;
    const reason = this.#reason;
    if (this.#asked || reason === null) return;
    if (wasCleared && clock.monotonicMs() - this.#sinceMs < PATIENCE_MS) return;
    this.#asked = true;
    try {
      // Nothing is written into the mount point of a disk that went; the next look asks again.
      await stat(join(dirname(file), MARKER_NAME));
      await setMark(file, 'suspected', { atMs: clock.wallMs(), reason });
      bus.emit('database.damaged', { reason });
    } catch (error) {
      this.#asked = false; // the next look tries again
      logger.warn('database.mark_failed', 'The damage could not be written down.', { error });
    }
  }
}
