import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileDurably } from '../files/durable';
import { StationError } from '../station-error';

/**
 * The station's own Ed25519 key, made at its first use and never replaced: certificates of years refer to it. Lies in
 * the data folder, readable by its owner only.
 */
export class StationKey {
  readonly #path: string;
  #reading: Promise<KeyObject> | null = null;

  /** @param path e.g. `<data folder>/station-key.pem` */
  constructor(path: string) {
    this.#path = path;
  }

  /** @throws StationError when the file is not such a key; the file system's error when it cannot be made */
  read(): Promise<KeyObject> {
    this.#reading ??= this.#readOrMake().catch((error: unknown) => {
      this.#reading = null;
      throw error;
    });
    return this.#reading;
  }

  async #readOrMake(): Promise<KeyObject> {
    let pem: string;
    try {
      pem = await readFile(this.#path, 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== 'ENOENT') throw error;
      const { privateKey } = generateKeyPairSync('ed25519');
      await writeFileDurably(
        this.#path,
        privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      );
      return privateKey;
    }
    try {
      const key = createPrivateKey(pem);
      if (key.asymmetricKeyType === 'ed25519') return key;
    } catch {
      // Said below.
    }
    throw new StationError(
      'STATION_KEY_INVALID',
      `${this.#path} does not hold the station's key (Ed25519, PEM). It is not replaced: put the right one back, or remove it to begin with a new one.`,
    );
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
