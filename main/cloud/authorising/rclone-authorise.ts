import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { Clock } from '../../clock/clock';
import { messageOf } from '../../error-message';
import { burden } from '../../process/priority';
import { spawnBound } from '../../process/spawn-bound';
import { AuthorisationError } from './authorisation-error';
import { type OauthToken, tokenIn } from './oauth-token';

/** Those whose owner lets a program in with a browser, as rclone names them. */
export type AuthorisedType = 'drive' | 'onedrive';

export interface AuthoriseRequest {
  readonly type: AuthorisedType;
  /** Options of rclone, e.g. `client_id`, `scope`; and secrets, e.g. `client_secret`. By environment only. */
  readonly options: Readonly<Record<string, string>>;
}

export interface AuthoriseOptions {
  /** Program name or path. */
  readonly rclone: string;
  readonly clock: Clock;
}

/** Somebody looks for a password and a telephone. */
const PATIENCE_MS = 10 * 60_000;
const MOST_OUTPUT = 65_536;
const ADDRESS = /go to the following link: (http:\/\/127\.0\.0\.1:\d+\/auth\?\S+)\s/;
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];

/**
 * Lets `rclone authorize` ask Google or Microsoft. It listens on this machine's loopback for the browser that comes back
 * from them, always at the same port: one at a time.
 */
export class RcloneAuthorise {
  readonly #rclone: string;
  readonly #clock: Clock;
  #busy = false;

  constructor({ rclone, clock }: AuthoriseOptions) {
    this.#rclone = rclone;
    this.#clock = clock;
  }

  /**
   * @param onAddress what a browser on this machine is to visit; it holds no secret
   * @throws AuthorisationError; AbortError when told to stop. Nothing of rclone is left then.
   */
  async run(
    request: AuthoriseRequest,
    onAddress: (address: string) => void,
    signal: AbortSignal,
  ): Promise<OauthToken> {
    signal.throwIfAborted();
    if (this.#busy) {
      const words = 'Somebody is letting this station in already; one at a time.';
      throw new AuthorisationError('busy', words);
    }
    this.#busy = true;
    try {
      return await this.#run(request, onAddress, signal);
    } finally {
      this.#busy = false;
    }
  }

  async #run(
    { type, options }: AuthoriseRequest,
    onAddress: (address: string) => void,
    signal: AbortSignal,
  ): Promise<OauthToken> {
    const child = await spawnBound(this.#rclone, ['authorize', type, '--auth-no-open-browser'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(type, options),
      cwd: tmpdir(),
    }).catch((error: unknown) => {
      throw new AuthorisationError('failed', `rclone could not be started: ${messageOf(error)}`);
    });
    const gone = once(child, 'close').then(([code]) => code as number | null);
    gone.catch(() => undefined);
    void burden(child.pid);
    let printed = '';
    let said = '';
    let address: string | undefined;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (printed.length < MOST_OUTPUT) printed += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < MOST_OUTPUT) said += text;
      if (address !== undefined) return;
      address = ADDRESS.exec(said)?.[1];
      if (address !== undefined) onAddress(address);
    });
    const over = new AbortController();
    const late = this.#clock
      .sleep(PATIENCE_MS, AbortSignal.any([signal, over.signal]))
      .then(() => 'over' as const);
    try {
      const end = await Promise.race([gone, late]);
      signal.throwIfAborted();
      if (end === 'over') throw new AuthorisationError('late', 'Nobody logged in within 10 min.');
      if (end !== 0) throw failure(said);
      return tokenIn(printed);
    } finally {
      over.abort();
      if (child.pid !== undefined) killGroup(child.pid);
      await gone.catch(() => undefined);
    }
  }
}

/** Secrets by the environment of the child: its arguments can be read by anybody. */
function environment(
  type: AuthorisedType,
  options: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const own = Object.entries(options).map(
    ([name, value]) => [`RCLONE_${type}_${name}`.toUpperCase(), value] as const,
  );
  return {
    ...Object.fromEntries(passed),
    LC_ALL: 'C.UTF-8',
    RCLONE_CONFIG: '',
    ...Object.fromEntries(own),
  };
}

/** @param said all that rclone wrote beside its result: the cause comes first, then its usage, then the cause again */
function failure(said: string): AuthorisationError {
  if (/access_denied|no code returned/i.test(said)) {
    return new AuthorisationError('refused', 'Whoever logged in did not let the station in.');
  }
  if (/address already in use/i.test(said)) {
    const words = 'Another program (an rclone of yours?) waits for such a login on this machine.';
    return new AuthorisationError('busy', words);
  }
  const cause = /^Error: (.*?)(?:\nUsage:|$(?![^]))/ms.exec(said)?.[1] ?? said.slice(-500);
  const words = cause.replace(/\s+/g, ' ').trim().slice(0, 500);
  return new AuthorisationError('failed', words === '' ? 'rclone said nothing.' : words);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}
