import { createHash } from 'node:crypto';

const MAX_PART = 64;

/**
 * Any text as part of a name: only `A-Za-z0-9._-`, bounded, never `.` or `..`. Text that had to be changed gets a hash
 * of the original, so that two different texts do not become one name.
 * @param reserved names that mean something else and must not be taken as they are
 */
export function safeNamePart(text: string, reserved?: RegExp): string {
  const isSafe =
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) && !text.includes('..') && !text.endsWith('.');
  // What looks like one of our own hashes gets a hash too: else it could be made to equal another's name.
  const isPlain =
    isSafe && text.length <= MAX_PART && !HASHED.test(text) && reserved?.test(text) !== true;
  if (isPlain) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const readable = text
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/\.{2,}/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40);
  return readable === '' ? `x-${hash}` : `${readable}-${hash}`;
}

const HASHED = /-[0-9a-f]{12}$/;
