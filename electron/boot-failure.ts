import { fstatSync } from 'node:fs';
import { StationError } from '@main/station-error';

/** Why the console did not come up, in one sentence and without a stack. */
export function bootSentence(error: unknown): string {
  if (error instanceof StationError) return error.message;
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return `The console could not start: ${line}`;
}

export type StandardError = 'terminal' | 'pipe' | 'file' | 'elsewhere';

/** What the process's stderr is. */
export function standardError(): StandardError {
  if (process.stderr.isTTY) return 'terminal';
  try {
    const facts = fstatSync(2);
    return facts.isFIFO() ? 'pipe' : facts.isFile() ? 'file' : 'elsewhere';
  } catch {
    return 'elsewhere';
  }
}

/**
 * Is a dialog the only way to be noticed? Started from a desktop icon, stderr leads nowhere that a person
 * looks; in a terminal, a script or a test it is read. A kiosk has nobody who could answer a dialog.
 */
export function needsDialog(stderr: StandardError, kiosk: boolean): boolean {
  return stderr === 'elsewhere' && !kiosk;
}
