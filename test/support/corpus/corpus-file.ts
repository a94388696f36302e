import type { SoundMetadata } from '@main/wav/metadata';
import type { RefusalWord } from '@main/wav/survey';

/** Some of what recorders write about a recording. */
interface ExpectedMetadata {
  readonly guano?: Readonly<Record<string, string>>;
  readonly comment?: string;
  readonly bextDate?: string;
  readonly ixml?: string;
}

/** Whether all that is expected is there; more may be. */
export function tellsAll(metadata: SoundMetadata, expected: ExpectedMetadata = {}): boolean {
  const { guano = {}, comment, bextDate, ixml } = expected;
  return (
    Object.entries(guano).every(([key, value]) => metadata.guano?.get(key) === value) &&
    (comment === undefined || metadata.comment === comment) &&
    (bextDate === undefined || metadata.bext?.originationDate === bextDate) &&
    (ixml === undefined || metadata.ixml === ixml)
  );
}

/** What a file of the corpus must be found to be. */
export type Expected =
  | {
      readonly kind: 'whole' | 'repairable' | 'convertible';
      readonly sampleRateHz: number;
      readonly channels: number;
      readonly bitsPerSample: number;
      readonly sampleType: 'integer' | 'float';
      /** Every sample that has to be kept, as the bytes of a WAV file. */
      readonly audio: Buffer;
      readonly metadata?: ExpectedMetadata;
    }
  | { readonly kind: 'refused'; readonly word: RefusalWord };

export interface CorpusFile {
  /** What it is, in a few words; its file's name without the ending. */
  readonly name: string;
  readonly path: string;
  readonly expected: Expected;
}
