import { type CloudErrorCode, cloudErrorCodeSchema } from '@shared/model/remote';
import type { Connection } from '../database/connection';
import { counters, type Family } from './family';
import { NewRows } from './new-rows';
import { Tally } from './tally';

interface Row {
  readonly id: number;
  readonly remote: string;
  readonly success: 0 | 1;
  readonly code: CloudErrorCode | null;
  readonly bytes: number | null;
  readonly durationMs: number | null;
}

/** Attempts to upload since the station was opened, from the rows that tell of each. */
export class UploadTally {
  readonly #rows: NewRows<Row>;
  readonly #uploads = new Tally();
  readonly #bytes = new Tally();
  readonly #seconds = new Tally();
  readonly #failures = new Tally();

  /** @throws better-sqlite3's SqliteError */
  constructor({ sqlite }: Connection) {
    const newest = sqlite
      .prepare<[], { id: number | null }>('select max(id) as id from uploads')
      .get();
    const read = sqlite.prepare<[number, number], Row>(
      `select id, remote_slug as remote, success, code, size_bytes as bytes, duration_ms as durationMs
       from uploads where id > ? order by id limit ?`,
    );
    this.#rows = new NewRows(newest?.id ?? 0, (after, limit) => read.all(after, limit));
  }

  /** @throws better-sqlite3's SqliteError */
  async families(remotes: readonly string[]): Promise<Family[]> {
    for (const remote of remotes) {
      for (const tally of [this.#uploads, this.#bytes, this.#seconds]) tally.add([remote], 0);
      for (const code of cloudErrorCodeSchema.options) this.#failures.add([remote, code], 0);
    }
    await this.#rows.takeIn((row) => {
      this.#take(row);
    });
    const since = 'since the station was opened';
    return [
      counters(
        'silvasonic_remote_uploads_total',
        `Uploads that succeeded, ${since}.`,
        ['remote'],
        this.#uploads.samples(),
      ),
      counters(
        'silvasonic_remote_uploaded_bytes_total',
        `Bytes of those uploads, ${since}.`,
        ['remote'],
        this.#bytes.samples(),
      ),
      counters(
        'silvasonic_remote_upload_seconds_total',
        `Time that those uploads took, with reading them back, ${since}.`,
        ['remote'],
        this.#seconds.samples(),
      ),
      counters(
        'silvasonic_remote_upload_failures_total',
        `Attempts that failed, ${since}.`,
        ['remote', 'code'],
        this.#failures.samples(),
      ),
    ];
  }

  #take({ remote, success, code, bytes, durationMs }: Row): void {
    if (success === 0) {
      this.#failures.add([remote, code ?? 'UNKNOWN'], 1);
      return;
    }
    this.#uploads.add([remote], 1);
    this.#bytes.add([remote], bytes ?? 0);
    this.#seconds.add([remote], (durationMs ?? 0) / 1000);
  }
}
