import { basename } from 'node:path';

/**
 * Paths of other people's disks as text: one that is UTF-8 as it stands, any other as a `file:` URL in which its bytes
 * are escaped. Every path that is meant here begins with `/`, so that the two cannot be taken for each other.
 */
const URL_START = 'file://';

/** @param path bytes, as the file system has them */
export function pathText(path: Buffer): string {
  const text = path.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(path)) return text;
  return `${URL_START}${[...path].map(escaped).join('')}`;
}

/** The bytes of a path by its text. */
export function pathBytes(text: string): Buffer {
  if (!text.startsWith(URL_START)) return Buffer.from(text, 'utf8');
  const bytes: number[] = [];
  const rest = text.slice(URL_START.length);
  for (let i = 0; i < rest.length; i += 1) {
    const isEscape = rest[i] === '%';
    bytes.push(isEscape ? Number.parseInt(rest.slice(i + 1, i + 3), 16) : rest.charCodeAt(i));
    if (isEscape) i += 2;
  }
  return Buffer.from(bytes);
}

/** The last part of a path, as text that can be shown and searched for. */
export function nameOf(text: string): string {
  return basename(pathBytes(text).toString('utf8'));
}

function escaped(byte: number): string {
  const letter = String.fromCharCode(byte);
  return /[A-Za-z0-9/._~-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
}
