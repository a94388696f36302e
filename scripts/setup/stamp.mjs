// @ts-check
// A stamp is a small file written last, holding the hash of everything a step depended on.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @param {...(string | Uint8Array)} parts
 * @returns {string} hex SHA-256; the parts are kept apart, so ['ab','c'] and ['a','bc'] differ
 */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${String(part.length)}:`).update(part);
  return hash.digest('hex');
}

/**
 * @param {string} file
 * @returns {string | undefined} its text, or undefined when it cannot be read
 */
export function readTextIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Writes to a temporary name and renames, so that a reader sees the old text or the new, never half of one.
 * @param {string} file
 * @param {string} text
 */
export function writeAtomically(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/**
 * @param {string} file
 * @param {string} expected
 * @returns {boolean}
 */
export function stampMatches(file, expected) {
  return readTextIfThere(file)?.trim() === expected;
}

/**
 * @param {string} file
 * @param {string} hash
 */
export function writeStamp(file, hash) {
  writeAtomically(file, `${hash}\n`);
}

/** @param {string} file */
export function removeStamp(file) {
  rmSync(file, { force: true });
}
