/** One number of a test below `season/`. */
export interface SeasonMeasurement {
  readonly name: string;
  readonly what: string;
  readonly unit: 'ms' | 's' | 'MB' | 'bytes' | 'files/s';
  readonly value: number;
  /** It must not be more; null: for information. */
  readonly atMost: number | null;
  /** It should not be less. */
  readonly atLeast?: number;
  /** The same without what the console adds. */
  readonly baseline?: { readonly what: string; readonly value: number };
}
