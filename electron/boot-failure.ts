import { fstatSync } from 'node:fs';
import { StationError } from '@main/station-error';
import { messageOf } from '@main/error-message';

/** Why the console did not come up, in one sentence and without a stack. */
export function bootSentence(error: unknown): string {
  if (error instanceof StationError) return error.message;
  const [line = ''] = messageOf(error).split('\n', 1);
  return `The console could not start: ${line}`;
}

/** Where stderr leads: to whoever started the console, or to a log that nobody watches, or nowhere. */
export type StandardError = 'reader' | 'journal' | 'nowhere';

/** @param journalStream systemd's variable: device and inode of the journal's socket */
export function standardError(journalStream = process.env['JOURNAL_STREAM']): StandardError {
  if (process.stderr.isTTY) return 'reader';
  try {
    const facts = fstatSync(2);
    if (facts.isCharacterDevice()) return 'nowhere'; // /dev/null
    return `${String(facts.dev)}:${String(facts.ino)}` === journalStream ? 'journal' : 'reader';
  } catch {
    return 'nowhere';
  }
}

/**
 * Is a dialog the only way to be noticed? Started from a desktop icon, stderr leads nowhere that a person
 * looks; in a terminal, a script or a test it is read. A kiosk has nobody who could answer a dialog.
 */
export function needsDialog(stderr: StandardError, kiosk: boolean): boolean {
  return stderr !== 'reader' && !kiosk;
}
