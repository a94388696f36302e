import type { z } from 'zod';

/** What is wrong with a value, and where in it. */
export interface SchemaProblem {
  /** Dotted, e.g. `audio.sample_rate`; empty for the value itself. */
  readonly path: string;
  /** A phrase for a person, e.g. `expected number, received string`. */
  readonly problem: string;
}

/** The first thing that a schema found wrong: people mend one thing at a time. */
export function firstProblem(error: z.ZodError): SchemaProblem {
  const issue = error.issues[0];
  if (issue === undefined) return { path: '', problem: 'not valid' };
  if (issue.code === 'unrecognized_keys') {
    return { path: [...issue.path, issue.keys[0] ?? ''].join('.'), problem: 'no such key' };
  }
  return { path: issue.path.join('.'), problem: issue.message.replace(/^Invalid input: /, '') };
}
