import { createHash, createPrivateKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import type { Certificate } from '@shared/model/coverage';
import { publicHalf } from './station-key';
import { errorCode } from '../files/error-code';

/**
 * Was a certificate signed by the key that lies in a data folder?
 * @returns English sentences; empty when it was; null when no key lies there
 */
export async function compareKey(
  certificate: Certificate,
  keyFile: string,
): Promise<string[] | null> {
  let pem: string;
  try {
    pem = await readFile(keyFile, 'utf8');
  } catch {
    return null;
  }
  try {
    if (publicHalf(createPrivateKey(pem)) === certificate.signature.publicKey) return [];
  } catch {
    return [`${keyFile} cannot be read as a key.`];
  }
  return ['It was signed by another key than that of the station in the data folder.'];
}

/**
 * Compares the files that a certificate names with those in a data folder.
 * @returns English sentences; empty when every file is there and unchanged
 */
export async function compareFiles(certificate: Certificate, dataDir: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { files } of certificate.devices) {
    for (const { path, sha256, sizeBytes, absent } of files) {
      // It says itself that this one was not there.
      if (absent !== undefined) continue;
      const problem = await problemOf(dataDir, path, sizeBytes, sha256);
      if (problem !== null) problems.push(`${path}: ${problem}`);
    }
  }
  return problems;
}

async function problemOf(
  dataDir: string,
  path: string,
  sizeBytes: number,
  sha256: string | null,
): Promise<string | null> {
  // A certificate comes from elsewhere: it must not make anyone read what is not a recording.
  const relative = normalize(path);
  if (!relative.startsWith(`recorder${sep}`) || path.includes('\0')) {
    return 'this is no place of a recording.';
  }
  const file = join(dataDir, relative);
  try {
    const info = await lstat(file);
    if (!info.isFile()) return 'this is not a file.';
    if (info.size !== sizeBytes) {
      return `it holds ${String(info.size)} bytes, not ${String(sizeBytes)}.`;
    }
    // What no hash tells about is said in the notes on the certificate: it was signed like that.
    if (sha256 === null) return null;
    return (await digest(file)) === sha256 ? null : 'it was changed: its SHA-256 is another one.';
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? 'it is not there.'
      : `it cannot be read (${code}).`;
  }
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
