import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFileDurably } from '../files/durable';
import { orNothing } from '../files/absent';

export type KeySource = 'environment' | 'key_file';

/** What the encrypted file can be locked with. */
export interface VaultKeyOptions {
  /** `SILVASONIC_ENCRYPTION_KEY`; null: not set. Goes before the key file. */
  readonly environment: string | null;
  /** Made when it is first needed. */
  readonly keyFile: string;
}

/** The text that the file is locked with; null: there is none. */
export class VaultKey {
  readonly #options: VaultKeyOptions;

  constructor(options: VaultKeyOptions) {
    this.#options = options;
  }

  /** What a new file is locked with. */
  get preferred(): KeySource {
    return this.#options.environment === null ? 'key_file' : 'environment';
  }

  /** For a person. */
  nameOf(source: KeySource): string {
    return source === 'environment' ? 'SILVASONIC_ENCRYPTION_KEY' : this.#options.keyFile;
  }

  /** null: it is not there. @throws the file system's error */
  async read(source: KeySource): Promise<string | null> {
    if (source === 'environment') return this.#options.environment;
    const { keyFile } = this.#options;
    const text = await orNothing(readFile(keyFile, 'utf8'));
    if (text === null) return null;
    await closeToOthers(keyFile);
    const key = text.trim();
    return key === '' ? null : key;
  }

  /** The preferred one, made where there is none. @throws the file system's error */
  async readOrMake(): Promise<string> {
    const key = await this.read(this.preferred);
    if (key !== null) return key;
    const { keyFile } = this.#options;
    await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 });
    await createFileDurably(keyFile, `${randomBytes(32).toString('base64')}\n`);
    const made = await this.read('key_file');
    if (made === null) throw new Error(`The key file ${keyFile} is empty.`);
    return made;
  }
}

/** Whoever copied it here may have left it open. A file system without rights keeps it as it is. */
async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o600).catch(() => undefined);
}

/**
 * Beside the list of known stations: in the XDG state home, away from the data disk, so that whoever takes that disk
 * has no passwords.
 */
export function usualKeyFile(env: NodeJS.ProcessEnv, stationId: string): string {
  const xdg = env['XDG_STATE_HOME'];
  const state = xdg?.startsWith('/') === true ? xdg : join(homedir(), '.local', 'state');
  return join(state, 'silvasonic', 'vault-keys', `${stationId}.key`);
}
