import type { Figure } from './figure.ts';
import type { Workshop } from './workshop.ts';

export interface BenchContext {
  readonly workshop: Workshop;
  /** Shorter and fewer: to see that it works, not what it measures. */
  readonly quick: boolean;
  /** Tells people what goes on. */
  say(line: string): void;
}

export interface Benchmark {
  /** First words of the names of its figures, e.g. `recorder.cpu`. */
  readonly name: string;
  /** @throws Error, in one sentence, when it cannot be measured here */
  run(context: BenchContext): Promise<readonly Figure[]>;
}
