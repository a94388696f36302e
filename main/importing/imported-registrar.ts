import type { Connection } from '../database/connection';
import { unforced } from '../database/unforced';
import { importedPath } from './imported-path';
import type { Sidecar } from './sidecar';

/** What became of an imported file that was handed in. */
export interface RegisteredImport {
  readonly id: number;
  /** false: the row was there already, and its file is back. */
  readonly isNew: boolean;
}

interface RegisterOptions {
  /** Somebody brings them anew: what was discarded is wanted again. */
  readonly outOfBin: boolean;
  /** What is to be written down with them, or not at all. */
  readonly alongside?: (rows: readonly RegisteredImport[]) => void;
}

/**
 * Writes rows for imported files by their sidecars. Safe to repeat: one row per file; one whose file was away counts as
 * here again.
 */
export class ImportedRegistrar {
  readonly #connection: Connection;
  readonly #ensureDevice: (device: Sidecar['device']) => void;
  readonly #find;
  readonly #upsert;
  readonly #tag;
  readonly #tagRecording;

  /** @param ensureDevice makes sure that the device has its row, e.g. `DeviceRegistry.ensureImported` */
  constructor(options: {
    readonly connection: Connection;
    readonly ensureDevice: (device: Sidecar['device']) => void;
  }) {
    this.#connection = options.connection;
    this.#ensureDevice = options.ensureDevice;
    const { sqlite } = options.connection;
    this.#find = sqlite.prepare<[string]>('select 1 from recordings where raw_path = ?');
    this.#upsert = sqlite.prepare<[Record<string, unknown>], { id: number }>(`
      insert into recordings (
        device, time_ms, duration_s, raw_path, raw_size_bytes, raw_sample_rate_hz, raw_channels,
        raw_bits_per_sample, raw_frames, raw_sha256, audio_sha256, simulated, recovered, source,
        original_name, import_id, time_source, indexed_at_ms
      ) values (
        @device, @time_ms, @duration_s, @path, @size_bytes, @sample_rate_hz, @channels,
        @bits_per_sample, @frames, @sha256, @audio_sha256, @simulated, @recovered, 'import',
        @original_name, @import_id, @time_source, @indexed_at_ms
      )
      on conflict (raw_path) do update set
        local_deleted = 0, local_deleted_at_ms = null, local_deleted_reason = null, missing_file = null,
        raw_size_bytes = excluded.raw_size_bytes, raw_sha256 = excluded.raw_sha256,
        integrity = null, verified_at_ms = null,
        deleted_at_ms = iif(@out_of_bin = 1, null, deleted_at_ms)
      returning id`);
    this.#tag = sqlite.prepare<[string]>(
      'insert into tags (name) values (?) on conflict (name) do nothing',
    );
    this.#tagRecording = sqlite.prepare<[number, string]>(
      `insert into recording_tags (recording_id, tag_id) select ?, id from tags where name = ?
       on conflict do nothing`,
    );
  }

  /**
   * Registers all in one transaction, which is not forced to the disk: files and sidecars are, and tell it all again.
   * @throws better-sqlite3's SqliteError; then nothing of the batch is registered
   */
  register(
    batch: readonly Sidecar[],
    nowMs: number,
    { outOfBin, alongside }: RegisterOptions,
  ): RegisteredImport[] {
    const devices = new Map(batch.map(({ device }) => [device.name, device]));
    for (const device of devices.values()) this.#ensureDevice(device);
    const registerAll = this.#connection.sqlite.transaction(() => {
      const rows = batch.map((sidecar) => this.#one(sidecar, nowMs, outOfBin));
      alongside?.(rows);
      return rows;
    });
    return unforced(this.#connection, registerAll);
  }

  #one(sidecar: Sidecar, nowMs: number, outOfBin: boolean): RegisteredImport {
    const path = importedPath(sidecar.id);
    const known = this.#find.get(path);
    const row = this.#upsert.get({
      device: sidecar.device.name,
      time_ms: Date.parse(sidecar.time),
      duration_s: sidecar.frames / sidecar.sampleRateHz,
      path,
      size_bytes: sidecar.sizeBytes,
      sample_rate_hz: sidecar.sampleRateHz,
      channels: sidecar.channels,
      bits_per_sample: sidecar.bitsPerSample,
      frames: sidecar.frames,
      sha256: sidecar.sha256,
      audio_sha256: sidecar.audioSha256,
      simulated: sidecar.simulated ? 1 : 0,
      recovered: sidecar.recovered ? 1 : 0,
      original_name: sidecar.originalName,
      import_id: sidecar.importId,
      time_source: sidecar.timeSource,
      indexed_at_ms: nowMs,
      out_of_bin: outOfBin ? 1 : 0,
    });
    if (row === undefined) throw new Error('the database returned no row for an insert');
    for (const tag of sidecar.tags) {
      this.#tag.run(tag);
      this.#tagRecording.run(row.id, tag);
    }
    return { id: row.id, isNew: known === undefined };
  }
}
