import { createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'enc:';
const VERSION = 0x80;
/** Version, time. */
const HEAD_BYTES = 9;
const IV_BYTES = 16;
const MAC_BYTES = 32;

/** A value is encrypted, and cannot be opened; the message says why. */
export class SealedValueError extends Error {}

/**
 * What a configuration of the former system holds: plain, or `enc:` and a Fernet token
 * (https://github.com/fernet/spec) under `SILVASONIC_ENCRYPTION_KEY`. Tokens have no end of life there.
 * @throws SealedValueError
 */
export function openValue(value: string, encryptionKey: string | null): string {
  if (!value.startsWith(PREFIX)) return value;
  if (encryptionKey === null) {
    throw new SealedValueError('it is encrypted, and SILVASONIC_ENCRYPTION_KEY is not set');
  }
  const key = Buffer.from(encryptionKey, 'base64url');
  if (key.length !== 32) {
    throw new SealedValueError(
      'it is encrypted, and SILVASONIC_ENCRYPTION_KEY is no Fernet key (32 bytes in Base64)',
    );
  }
  const text = openFernet(Buffer.from(value.slice(PREFIX.length), 'base64url'), key);
  if (text !== null) return text;
  throw new SealedValueError(
    'it is encrypted under another key than SILVASONIC_ENCRYPTION_KEY, or damaged',
  );
}

/** null: another key, or not a bit as it was made. */
function openFernet(token: Buffer, key: Buffer): string | null {
  const end = token.length - MAC_BYTES;
  if (token[0] !== VERSION || end < HEAD_BYTES + IV_BYTES) return null;
  const mac = createHmac('sha256', key.subarray(0, 16)).update(token.subarray(0, end)).digest();
  if (!timingSafeEqual(mac, token.subarray(end))) return null;
  const iv = token.subarray(HEAD_BYTES, HEAD_BYTES + IV_BYTES);
  try {
    const decipher = createDecipheriv('aes-128-cbc', key.subarray(16), iv);
    const text = decipher.update(token.subarray(HEAD_BYTES + IV_BYTES, end));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
