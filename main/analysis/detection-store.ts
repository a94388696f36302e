import type { Connection } from '../database/connection';
import type { PrintedDetection } from './detections-output';

/** Writes down what workers heard. */
export class DetectionStore {
  readonly #remove;
  readonly #insert;

  constructor({ sqlite }: Connection) {
    this.#remove = sqlite.prepare<[number, string]>(
      'delete from detections where recording_id = ? and worker = ?',
    );
    // One statement for all of them: a call for each of thousands would hold up the main loop.
    this.#insert = sqlite.prepare<[number, string, string, number, string]>(
      `insert into detections (recording_id, worker, worker_version, start_s, end_s, label, confidence, created_at_ms)
       select ?, ?, ?, value ->> 'start', value ->> 'end', value ->> 'label', value ->> 'confidence', ?
       from json_each(?)`,
    );
  }

  /** In place of whatever this worker, of whatever version, heard in this recording. Within a transaction. */
  replace(
    recordingId: number,
    worker: string,
    workerVersion: string,
    found: readonly PrintedDetection[],
    nowMs: number,
  ): void {
    this.#remove.run(recordingId, worker);
    this.#insert.run(recordingId, worker, workerVersion, nowMs, JSON.stringify(found));
  }
}
