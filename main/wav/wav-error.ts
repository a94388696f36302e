export type WavProblem =
  | 'EMPTY' // zero bytes
  | 'NOT_WAV' // no RIFF/RF64 … WAVE at the start
  | 'NO_FORMAT' // data, or the end, before a usable fmt chunk
  | 'NO_DATA' // no data chunk
  | 'UNSUPPORTED'; // not PCM, or numbers that cannot be

/** The file is not a WAV file that holds PCM audio; `problem` says in which way. */
export class WavError extends Error {
  readonly problem: WavProblem;
  /** The code of samples that are not PCM; null: something else is wrong. */
  readonly codec: number | null;

  constructor(problem: WavProblem, message: string, codec: number | null = null) {
    super(message);
    this.name = 'WavError';
    this.problem = problem;
    this.codec = codec;
  }
}
