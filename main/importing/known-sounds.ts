import type { Connection } from '../database/connection';
import { contentId } from './content-id';
import { importedPath } from './imported-path';
import type { TakenFile } from './import-orders';

/** A recording that holds the same as a file that is to be imported. */
export interface KnownSound {
  readonly recordingId: number;
  /** In words. */
  readonly detail: string;
}

interface Row {
  readonly id: number;
  readonly inBin: 0 | 1;
}

/** Finds recordings by what is in them. One whose files are not here any more is none. */
export class KnownSounds {
  readonly #byPath;
  readonly #byHash;
  readonly #byAudio;

  constructor({ sqlite }: Connection) {
    const found =
      'select id, deleted_at_ms is not null as inBin from recordings where local_deleted = 0 and';
    this.#byPath = sqlite.prepare<[string], Row>(`${found} raw_path = ?`);
    // The index holds half of the hash; its expression stands here word for word.
    this.#byHash = sqlite.prepare<[{ sha256: string }], Row>(
      `${found} substr(raw_sha256, 1, 16) = substr(@sha256, 1, 16) and raw_sha256 = @sha256`,
    );
    this.#byAudio = sqlite.prepare<[string, number, number, number], Row>(
      `${found} audio_sha256 = ? and raw_sample_rate_hz = ? and raw_channels = ? and raw_bits_per_sample = ?`,
    );
  }

  find(file: TakenFile): KnownSound | null {
    const { sourceSha256, audioSha256, sampleRateHz, channels, bitsPerSample } = file;
    // A damaged file is kept repaired, under another hash than its own.
    const whole =
      this.#byPath.get(importedPath(contentId(sourceSha256))) ??
      this.#byHash.get({ sha256: sourceSha256 });
    if (whole !== undefined) return told(whole, 'the same file');
    if (audioSha256 === null) return null;
    const sound = this.#byAudio.get(audioSha256, sampleRateHz, channels, bitsPerSample);
    return sound === undefined ? null : told(sound, 'the same sound, under other metadata,');
  }
}

function told({ id, inBin }: Row, what: string): KnownSound {
  const where =
    inBin === 1 ? `is in the bin as recording ${String(id)}` : `is recording ${String(id)}`;
  return { recordingId: id, detail: `${what} ${where}` };
}
