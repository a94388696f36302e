import type { Summary } from './statistics.ts';

export type Unit = '% of a core' | '%' | 's' | 'ms' | 'MB' | 'MB/h' | 'bytes' | 'files/s' | '';

/** One number of the benchmark, with everything that is needed to judge it. */
export interface Figure {
  /** E.g. `recorder.cpu.alsa`. */
  readonly name: string;
  /** What was measured, in one line. */
  readonly what: string;
  readonly unit: Unit;
  readonly value: number;
  /** After the point; default as many as its size asks for. */
  readonly digits?: number;
  /** What the value is compared with, measured in the same run. */
  readonly baseline: { readonly what: string; readonly value: number } | null;
  /** value ÷ baseline, computed where the samples are: not always the quotient of the two medians. */
  readonly ratio: number | null;
  readonly goal: {
    readonly on: 'ratio' | 'value';
    readonly atLeast?: number;
    readonly atMost: number;
  } | null;
  /** Of what the goal is set on, else of the value. */
  readonly spread: Summary | null;
  /** How it was measured, so that it can be repeated by hand. */
  readonly method: string;
  readonly notes: readonly string[];
}

export function meetsGoal({ goal, ratio, value }: Figure): boolean | null {
  if (goal === null) return null;
  const judged = goal.on === 'ratio' ? ratio : value;
  return judged === null ? null : judged <= goal.atMost && judged >= (goal.atLeast ?? -Infinity);
}

/** A benchmark that could not be run says why, in place of its figures. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}
