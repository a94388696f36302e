import type { Stream } from '@shared/model/recording';
import type { Connection } from '../../database/connection';
import { auditLog } from '../../database/schema';
import { NotFoundError } from '../../request-error';
import type { AbsentRecording } from './fetch-plan';

interface Row {
  readonly id: number;
  readonly local_deleted: 0 | 1;
  readonly missing_file: Stream | null;
  readonly raw_path: string | null;
  readonly raw_size_bytes: number | null;
  readonly raw_sha256: string | null;
  readonly processed_path: string | null;
  readonly processed_size_bytes: number | null;
  readonly processed_sha256: string | null;
  readonly retimed_at_ms: number | null;
}

/** A file that came back. */
export interface Restored {
  readonly recording: AbsentRecording;
  readonly remote: string;
  readonly remotePath: string;
  readonly matches: boolean;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The other one of the pair is not here. */
  readonly otherIsGone: boolean;
  readonly atMs: number;
  readonly actor: string;
}

/** What fetching a recording back reads and writes in the database. */
export class FetchRows {
  readonly #connection: Connection;
  readonly #get;
  readonly #announce;
  readonly #takeBack;
  readonly #complete;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { sqlite } = connection;
    this.#get = sqlite.prepare<[number], Row>(
      `select id, local_deleted, missing_file, raw_path, raw_size_bytes, raw_sha256, processed_path,
         processed_size_bytes, processed_sha256, retimed_at_ms from recordings where id = ?`,
    );
    this.#announce = sqlite.prepare<[number, string, 0 | 1, number]>(
      'update recordings set fetched_back_at_ms = ?, fetched_from = ?, fetched_matches = ? where id = ?',
    );
    this.#takeBack = sqlite.prepare<[number]>(
      `update recordings set fetched_back_at_ms = null, fetched_from = null, fetched_matches = null
       where id = ? and local_deleted = 1`,
    );
    const complete = (stream: Stream): ReturnType<typeof prepareComplete> =>
      prepareComplete(connection, stream);
    this.#complete = { raw: complete('raw'), processed: complete('processed') };
  }

  /** null: its file is here. @throws NotFoundError */
  absent(id: number): AbsentRecording | null {
    const row = this.#get.get(id);
    if (row === undefined) throw new NotFoundError('recording', String(id));
    const stream: Stream = row.raw_path === null ? 'processed' : 'raw';
    const other: Stream = stream === 'raw' ? 'processed' : 'raw';
    const path = row[`${stream}_path`];
    if (path === null || (row.local_deleted === 0 && row.missing_file !== stream)) return null;
    return {
      id,
      stream,
      path,
      otherPath: row.local_deleted === 1 ? row[`${other}_path`] : null,
      sizeBytes: row[`${stream}_size_bytes`] ?? 0,
      sha256: row[`${stream}_sha256`],
      retimedAtMs: row.retimed_at_ms,
    };
  }

  /**
   * Before the file has its name: whatever makes the row say that it is here again, an indexer after a power cut, too,
   * it is known to have been fetched, and not deleted again at once.
   */
  announce({ recording: { id }, remote, matches, atMs }: Restored): void {
    this.#announce.run(atMs, remote, matches ? 1 : 0, id);
  }

  /** The file did not get its name. */
  takeBack(id: number): void {
    this.#takeBack.run(id);
  }

  /** The file is there. What was not fetched of a pair is on no remote: the row speaks of it no more. */
  complete(restored: Restored): void {
    const { recording, remote, remotePath: path, matches, sha256, sizeBytes, atMs } = restored;
    const { id, stream } = recording;
    this.#connection.sqlite
      .transaction(() => {
        this.#complete[stream].run({
          id,
          sha256: matches ? sha256 : recording.sha256,
          size: sizeBytes,
          verified: matches ? atMs : null,
          otherIsGone: restored.otherIsGone ? 1 : 0,
        });
        this.#connection.db
          .insert(auditLog)
          .values({
            atMs,
            actor: restored.actor,
            action: 'recording.fetched_back',
            subject: String(id),
            oldValue: null,
            newValue: { remote, path, sha256, matches },
          })
          .run();
      })
      .immediate();
  }
}

function prepareComplete({ sqlite }: Connection, stream: Stream) {
  const other: Stream = stream === 'raw' ? 'processed' : 'raw';
  const forgotten = [
    'path',
    'size_bytes',
    'sample_rate_hz',
    'channels',
    'bits_per_sample',
    'frames',
    'sha256',
  ]
    .map((name) => `${other}_${name} = iif(@otherIsGone = 1, null, ${other}_${name})`)
    .join(', ');
  return sqlite.prepare<{
    id: number;
    sha256: string | null;
    size: number;
    verified: number | null;
    otherIsGone: 0 | 1;
  }>(
    `update recordings set local_deleted = 0, local_deleted_at_ms = null, local_deleted_reason = null,
       missing_file = null, ${stream}_sha256 = @sha256, ${stream}_size_bytes = @size, ${forgotten},
       verified_at_ms = @verified, integrity = iif(@verified is null, null, 'ok')
     where id = @id`,
  );
}
