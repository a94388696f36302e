import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createFileDurably } from '../files/durable';
import { InvalidValueError } from '../request-error';
import { StationError } from '../station-error';
import { errorCode } from '../files/error-code';

/**
 * The station's own Ed25519 key, made at its first use and never replaced: certificates of years refer to it. Lies in
 * the data folder, readable by its owner only.
 */
export class StationKey {
  readonly #path: string;
  readonly #usable: () => boolean;
  #reading: Promise<KeyObject> | null = null;

  /**
   * @param path e.g. `<data folder>/station-key.pem`
   * @param usable false while the disk of the data folder is not there: what lies in its mount point is not ours
   */
  constructor(path: string, usable: () => boolean) {
    this.#path = path;
    this.#usable = usable;
  }

  /**
   * @throws InvalidValueError while the data disk is missing and the key was not read before; StationError when the
   *   file is not such a key; the file system's error when it cannot be made
   */
  read(): Promise<KeyObject> {
    this.#reading ??= this.#readOrMake().catch((error: unknown) => {
      this.#reading = null;
      throw error;
    });
    return this.#reading;
  }

  /** Reads the key that is there, so that it is known whatever becomes of the disk. Never throws, makes none. */
  async recall(): Promise<void> {
    if (this.#reading !== null || !this.#usable()) return;
    try {
      const key = keyIn(await readFile(this.#path, 'utf8'));
      if (key !== null) this.#reading = Promise.resolve(key);
    } catch {
      // Said when it is needed.
    }
  }

  async #readOrMake(): Promise<KeyObject> {
    if (!this.#usable()) {
      const words =
        'the data disk is missing, and with it the key that certificates are signed with';
      throw new InvalidValueError('to', words);
    }
    const key = keyIn((await this.#pem()) ?? (await this.#make()));
    if (key !== null) return key;
    throw new StationError(
      'STATION_KEY_INVALID',
      `${this.#path} does not hold the station's key (Ed25519, PEM). It is not replaced: put the right one back, or remove it to begin with a new one.`,
    );
  }

  async #pem(): Promise<string | null> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return null;
      throw error;
    }
  }

  /** @returns what lies there then: another console may have been faster */
  async #make(): Promise<string> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await createFileDurably(this.#path, pem);
    return (await this.#pem()) ?? pem;
  }
}

function keyIn(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

/** SPKI in Base64, as certificates hold it. @param key either half */
export function publicHalf(key: KeyObject): string {
  const half = key.type === 'public' ? key : createPublicKey(key);
  return half.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** What people compare keys by: `SHA256:` and 64 hexadecimal characters. @param publicKey SPKI in Base64 */
export function fingerprint(publicKey: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')}`;
}
