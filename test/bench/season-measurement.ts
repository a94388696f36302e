/** One number of `season/season.test.ts`. */
export interface SeasonMeasurement {
  readonly name: string;
  readonly what: string;
  readonly unit: 'ms' | 's' | 'MB' | 'bytes';
  readonly value: number;
  /** It must not be more; null: for information. */
  readonly atMost: number | null;
}
