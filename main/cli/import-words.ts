import type { Import, ImportItemState } from '@shared/model/import';
import { counted, megabytes } from './output';

/** How far one that goes on is. */
export function progressLine({ state, files, totalBytes, doneBytes, ...now }: Import): string {
  const total = Object.values(files).reduce((a, b) => a + b, 0);
  if (now.problem !== null) return `Waiting: ${now.problem}`;
  if (state === 'scanning') return `Looking: ${counted(total, 'file')} so far`;
  const done = `${String(total - files.waiting)} of ${counted(total, 'file')}, ${megabytes(doneBytes)} of ${megabytes(totalBytes)}`;
  const rate = now.bytesPerS === null ? '' : `, ${megabytes(now.bytesPerS)}/s`;
  const left = now.secondsLeft === null ? '' : `, ${duration(now.secondsLeft)} left`;
  return `${done}${rate}${left}${now.current === null ? '' : `: ${now.current}`}`;
}

const WORDS: Readonly<Record<ImportItemState, string>> = {
  imported: 'imported',
  repaired: 'imported and repaired',
  duplicate: 'there already',
  in_bin: 'in the bin',
  refused: 'not usable',
  failed: 'could not be read',
  waiting: 'not looked at',
};

/** How it ended, or why it did not. */
export function describeImport({ state, problem, files, id }: Import): string {
  const sum = sumOf(files);
  switch (state) {
    case 'done':
      return `Import ${String(id)} is done: ${sum}.`;
    case 'cancelled':
      return `Import ${String(id)} was cancelled: ${sum}. What was taken stays; the same command takes the rest.`;
    case 'paused':
      return `Import ${String(id)} rests: ${sum}. It goes on with the next console.`;
    default:
      return `Import ${String(id)} could not go on: ${problem ?? state} ${sum}. The same command takes the rest.`;
  }
}

/** @param isRunning does a console run, which goes on with it? */
export function importInBrief(one: Import, isRunning: boolean): string {
  if (hasEnded(one)) return describeImport(one);
  if (!isRunning) return describeImport({ ...one, state: 'paused' });
  const isGoing = one.state !== 'paused';
  return `Import ${String(one.id)} ${isGoing ? 'goes on' : 'waits its turn'}: ${progressLine(one)}`;
}

/** Is nothing to be expected of it any more, unless somebody asks? */
export function hasEnded({ state }: Import): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

function sumOf(files: Import['files']): string {
  const counts = Object.entries(WORDS)
    .map(([name, words]) => ({ words, count: files[name as ImportItemState] }))
    .filter(({ count }) => count > 0)
    .map(({ words, count }) => `${String(count)} ${words}`);
  return counts.length === 0 ? 'no files found' : counts.join(', ');
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 60
    ? `${String(minutes)} min`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
