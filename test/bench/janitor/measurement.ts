/** What a program of its own has measured of the janitor. Milliseconds unless said otherwise. */
export interface JanitorMeasurement {
  readonly candidates: number;
  /** One pass of what goes next, oldest first, each time. */
  readonly nextMs: readonly number[];
  /** A plan as it is told to people. */
  readonly toldMs: readonly number[];
  /** What the forecast rests on, added up. */
  readonly surveyMs: readonly number[];
  /** Recordings, each of two files, and how long their deletion took. */
  readonly deleted: {
    readonly recordings: number;
    readonly tookMs: number;
    readonly unlinkMs: number;
  };
  /** The longest that the main loop was busy without a turn while it deleted, processor time. */
  readonly loopMs: number;
}
