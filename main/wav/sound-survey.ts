import type { PcmFormat } from './header';
import type { SoundMetadata } from './metadata';
import type { StoredWav } from './stored-wav';

/** How a file keeps its sound. `rf64` and `bw64` are WAV files that may be larger than 4 GiB. */
export type SoundContainer = 'riff' | 'rf64' | 'bw64' | 'flac';

/** Why a file is not taken. */
export type RefusalWord =
  | 'EMPTY' // zero bytes
  | 'ZEROS' // nothing but zeros where it should begin: they never got to the disk
  | 'NOT_SOUND' // text, a picture, anything else
  | 'OTHER_FORMAT' // sound, but neither WAV nor FLAC: the note says which
  | 'COMPRESSED' // a WAV file of A-law, ADPCM, MP3 …: the note says which
  | 'CUT_HEADER' // ends before its first sample
  | 'NO_FORMAT' // nothing tells what its samples are, or where they begin
  | 'BAD_FORMAT' // what tells of its samples contradicts itself or cannot be
  | 'NO_AUDIO'; // without a single frame

export interface SoundFacts extends PcmFormat {
  readonly container: SoundContainer;
  /** Sample frames that are in the file. */
  readonly frames: number;
}

/** What a file is, and what its sound is kept as: a WAV file that every reader understands alike. */
export type SoundSurvey = KeepableSound | RefusedFile;

export interface KeepableSound {
  /**
   * `whole`: kept byte by byte. `repairable`: kept with what `note` tells put right, every frame as it is.
   * `convertible`: decoded without loss.
   */
  readonly kind: 'whole' | 'repairable' | 'convertible';
  readonly facts: SoundFacts;
  readonly metadata: SoundMetadata;
  /** For `storedBytes`. */
  readonly stored: StoredWav;
  /** What was found, in words; empty for a whole file. */
  readonly note: string;
}

export interface RefusedFile {
  readonly kind: 'refused';
  readonly word: RefusalWord;
  /** The same in words, with what was found. */
  readonly note: string;
}

export function refused(word: RefusalWord, note: string): RefusedFile {
  return { kind: 'refused', word, note };
}
