import type { Connection } from '../database/connection';
import { contentId } from './content-id';
import { importedPath } from './imported-path';
import type { ExpectedFile, TakenFile } from './import-orders';

/** A recording that holds the same as a file that is to be imported, and where its own file should lie. */
export interface KnownSound extends ExpectedFile {
  readonly recordingId: number;
  readonly isInBin: boolean;
  /** In words. */
  readonly detail: string;
}

interface Row {
  readonly id: number;
  readonly inBin: 0 | 1;
  readonly path: string;
  readonly sizeBytes: number | null;
}

/** What tells a file from others. */
export type HeardFile = Pick<
  TakenFile,
  'sourceSha256' | 'sha256' | 'audioSha256' | 'sampleRateHz' | 'channels' | 'bitsPerSample'
>;

/** Of one sound: more than one come from before they were compared. */
const MOST = 20;

/**
 * Finds recordings by what is in them. One whose file is known to be gone or damaged is none: the card may hold the only
 * good copy. Whether the others' files are there the caller must see.
 */
export class KnownSounds {
  readonly #byPath;
  readonly #byHash;
  readonly #byName;
  readonly #byAudio;

  constructor({ sqlite }: Connection) {
    const prepare = (is: string) =>
      sqlite.prepare<unknown[], Row>(
        `select id, deleted_at_ms is not null as inBin, raw_path as path, raw_size_bytes as sizeBytes
         from recordings where local_deleted = 0 and ifnull(integrity, 'ok') = 'ok'
           and raw_path is not null and ${is} limit ${String(MOST)}`,
      );
    this.#byPath = prepare('raw_path = ?');
    // The index holds half of the hash; its expression stands here word for word.
    this.#byHash = prepare(
      'substr(raw_sha256, 1, 16) = substr(@sha256, 1, 16) and raw_sha256 = @sha256',
    );
    this.#byName = sqlite.prepare<[number, string]>(
      `select 1 from recordings where source = 'import' and raw_size_bytes = ? and original_name = ? limit 1`,
    );
    this.#byAudio = prepare(
      'audio_sha256 = ? and raw_sample_rate_hz = ? and raw_channels = ? and raw_bits_per_sample = ?',
    );
  }

  /** Was a file of this name and size imported before? What it holds is another question. */
  isLikely(originalName: string, sizeBytes: number): boolean {
    return this.#byName.get(sizeBytes, originalName) !== undefined;
  }

  /** The surest first; of two alike that which nobody has discarded. */
  find(file: HeardFile): KnownSound[] {
    const { sha256, sourceSha256, audioSha256, sampleRateHz, channels, bitsPerSample } = file;
    const rows = [
      // A damaged file is kept repaired, under another hash than its own.
      ...this.#byPath.all(importedPath(contentId(sourceSha256))),
      ...this.#byHash.all({ sha256: sourceSha256 }),
      // What was packed since is one of our own when it is unpacked.
      ...this.#byHash.all({ sha256 }),
    ].map((row) => told(row, 'the same file'));
    const sounds =
      audioSha256 === null
        ? []
        : this.#byAudio.all(audioSha256, sampleRateHz, channels, bitsPerSample);
    const known = [
      ...rows,
      ...sounds.map((row) => told(row, 'the same sound, under other metadata,')),
    ];
    return [...known.filter((one) => !one.isInBin), ...known.filter((one) => one.isInBin)];
  }
}

/** A file of which nothing is known but the hash of all of it. */
export function asWhole(sha256: string): HeardFile {
  const unknown = { audioSha256: null, sampleRateHz: 0, channels: 0, bitsPerSample: 0 };
  return { sourceSha256: sha256, sha256, ...unknown };
}

function told({ id, inBin, path, sizeBytes }: Row, what: string): KnownSound {
  const isInBin = inBin === 1;
  const where = isInBin
    ? `lies in the bin as recording ${String(id)}: restore it there, or it is gone with the next purge`
    : `is recording ${String(id)}`;
  return { recordingId: id, isInBin, path, sizeBytes, detail: `${what} ${where}` };
}
