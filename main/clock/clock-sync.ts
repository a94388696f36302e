import { existsSync, statSync } from 'node:fs';
import { execa } from 'execa';
import type { Clock } from './clock';

/** Who told whether the clock is synchronised. */
export type SyncSource = 'timesyncd' | 'chrony' | 'timedatectl';

export interface SyncReading {
  /** false: not synchronised, or not for too long; null: nothing here tells. */
  readonly synced: boolean | null;
  readonly source: SyncSource | null;
  /** When it last was, UTC milliseconds; null: never since the machine started, or nothing tells. */
  readonly lastSyncedMs: number | null;
}

/**
 * A clock that nobody corrects goes wrong by up to 100 parts in a million, 9 s a day. Services that reach their time
 * servers ask at least every 35 minutes (timesyncd) or hours (chrony): one that did not for so long does not reach any.
 */
export const SYNC_HOLDS_MS = 24 * 3_600_000;

/** Never more often than this are programs asked. */
const PROBE_MS = 30_000;
const PROBE_PATIENCE_MS = 5_000;
/** An answer older than this tells nothing any more. */
const STALE_MS = 4 * PROBE_MS;

/**
 * Is the system clock synchronised? Asks systemd-timesyncd's marker file, which is touched at each synchronisation.
 * @param nowMs the system clock's own time
 */
export function readClockSync(runRoot: string, nowMs: number): SyncReading {
  const folder = `${runRoot}/systemd/timesync`;
  if (!existsSync(folder)) return NOTHING_TELLS;
  const marker = statSync(`${folder}/synchronized`, { throwIfNoEntry: false });
  const lastSyncedMs = marker?.mtimeMs ?? null;
  return {
    synced: lastSyncedMs !== null && holds(lastSyncedMs, nowMs),
    source: 'timesyncd',
    lastSyncedMs,
  };
}

const NOTHING_TELLS: SyncReading = { synced: null, source: null, lastSyncedMs: null };

function holds(lastSyncedMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - lastSyncedMs) <= SYNC_HOLDS_MS;
}

export interface ClockSyncOptions {
  readonly clock: Clock;
  /** Default `/run`. */
  readonly runRoot?: string;
  /** Names or paths. */
  readonly programs?: { readonly chronyc: string; readonly timedatectl: string };
}

/**
 * What the system says of its own clock. Reading is cheap and may be done often; programs that know more are asked
 * beside it, only where the marker file does not settle it.
 */
export class ClockSync {
  readonly #clock: Clock;
  readonly #runRoot: string;
  readonly #programs: { readonly chronyc: string; readonly timedatectl: string };
  #told: { readonly reading: SyncReading; readonly atMonotonicMs: number } | null = null;
  #nextProbeMs = -Infinity;

  constructor(options: ClockSyncOptions) {
    this.#clock = options.clock;
    this.#runRoot = options.runRoot ?? '/run';
    this.#programs = options.programs ?? { chronyc: 'chronyc', timedatectl: 'timedatectl' };
  }

  read(): SyncReading {
    const nowMs = this.#clock.wallMs();
    const marker = readClockSync(this.#runRoot, nowMs);
    if (marker.synced === true) return marker;
    const told = this.#fresh();
    // The service that synchronises is the one that counts; the others only say that they do not.
    if (told === null || (told.synced !== true && marker.synced !== null)) return marker;
    const { lastSyncedMs } = told;
    // A service whose servers are out of reach goes on saying that all is well.
    return lastSyncedMs === null || holds(lastSyncedMs, nowMs) ? told : { ...told, synced: false };
  }

  /** Asks the programs, if that is due. Never rejects; at the abort it gives up. */
  async probe(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextProbeMs) return;
    this.#nextProbeMs = nowMs + PROBE_MS;
    const marker = readClockSync(this.#runRoot, this.#clock.wallMs());
    if (marker.synced === true) return;
    let reading: SyncReading | null = null;
    if (existsSync(`${this.#runRoot}/chrony`)) {
      const answer = await ask(this.#programs.chronyc, ['-n', 'tracking'], signal);
      const synced = parseChrony(answer);
      const lastSyncedMs = synced === true ? chronyReferenceMs(answer) : null;
      reading = { synced, source: 'chrony', lastSyncedMs };
    } else if (marker.synced === null && existsSync(`${this.#runRoot}/systemd/system`)) {
      const args = ['show', '-p', 'NTP', '-p', 'NTPSynchronized'];
      // The kernel itself takes it back, nine hours after the last correction.
      const synced = parseTimedatectl(await ask(this.#programs.timedatectl, args, signal));
      reading = { synced, source: 'timedatectl', lastSyncedMs: null };
    }
    if (reading !== null && reading.synced !== null) {
      this.#told = { reading, atMonotonicMs: this.#clock.monotonicMs() };
    }
  }

  #fresh(): SyncReading | null {
    if (this.#told === null) return null;
    const ageMs = this.#clock.monotonicMs() - this.#told.atMonotonicMs;
    return ageMs <= STALE_MS ? this.#told.reading : null;
  }
}

/** @param text what `chronyc -n tracking` prints; null: no answer */
export function parseChrony(text: string | null): boolean | null {
  const leap = /^Leap status\s*:\s*(.+)$/m.exec(text ?? '')?.[1]?.trim();
  if (leap === undefined) return null;
  // 7F7F0101: chronyd follows the very clock that it should set.
  const itself = /^Reference ID\s*:\s*7F7F0101\b/m.test(text ?? '');
  return leap !== 'Not synchronised' && !itself;
}

/** When chronyd last heard of its reference, UTC milliseconds. @param text what `chronyc -n tracking` prints */
export function chronyReferenceMs(text: string | null): number | null {
  const time = /^Ref time \(UTC\)\s*:\s*(.+)$/m.exec(text ?? '')?.[1];
  const atMs = Date.parse(`${time ?? ''} UTC`);
  return Number.isFinite(atMs) ? atMs : null;
}

/** @param text what `timedatectl show -p NTP -p NTPSynchronized` prints; null: no answer */
export function parseTimedatectl(text: string | null): boolean | null {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}=(yes|no)$`, 'm').exec(text ?? '')?.[1];
  if (value('NTPSynchronized') === 'yes') return true;
  // Where no service sets the clock, nobody could say that it is right: that is not "wrong".
  return value('NTPSynchronized') === 'no' && value('NTP') === 'yes' ? false : null;
}

/** What a program prints, or null when it is not there, fails, or takes too long. */
async function ask(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  const result = await execa(program, args, {
    reject: false,
    timeout: PROBE_PATIENCE_MS,
    forceKillAfterDelay: 1_000,
    cancelSignal: signal,
    env: { LC_ALL: 'C' },
    stdin: 'ignore',
    maxBuffer: 64 * 1024,
  });
  return result.failed ? null : result.stdout;
}
