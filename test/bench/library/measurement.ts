/** One question, asked again and again. */
export interface LibraryMeasurement {
  readonly name: string;
  readonly goalMs: number;
  readonly wallMs: readonly number[];
  /** Processor time on average: what others on a busy machine do not lengthen. */
  readonly cpuMs: number;
}

/** Delay of the main loop while the reading thread worked. */
export interface LoopMeasurement {
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Milliseconds by question. */
  readonly took: Readonly<Record<string, number>>;
}

export interface MeasuredLibrary {
  readonly rows: number;
  readonly devices: number;
  readonly measurements: readonly LibraryMeasurement[];
  readonly loop: LoopMeasurement;
}
