import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** How a key is made of a text; part of what is kept, so that it can grow. */
export interface KeyDerivation {
  readonly kdf: 'scrypt';
  readonly n: number;
  readonly r: number;
  readonly p: number;
  /** Base64. */
  readonly salt: string;
}

/** 32 MiB and about a tenth of a second, once per start. */
export function newKeyDerivation(): KeyDerivation {
  return { kdf: 'scrypt', n: 2 ** 15, r: 8, p: 1, salt: randomBytes(16).toString('base64') };
}

/** Off the main thread. @throws RangeError for parameters that nobody here wrote */
export function deriveKey(secret: string, { n, r, p, salt }: KeyDerivation): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    // Normalised: an ö typed on another keyboard is the same ö.
    scrypt(
      secret.normalize('NFC'),
      Buffer.from(salt, 'base64'),
      KEY_BYTES,
      options,
      (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      },
    );
  });
}

/** @param label bound to it: what is sealed under one label does not open under another @returns Base64 */
export function seal(key: Buffer, label: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(label, 'utf8'));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** null: another key, another label, or not a bit as it was sealed. */
export function unseal(key: Buffer, label: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(label, 'utf8'));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
