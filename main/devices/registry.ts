import type { Device, SimulatedSource } from '@shared/model/device';
import { FALLBACK_PROFILE_SLUG, type Profile } from '@shared/model/profile';
import { LONGEST_PAUSE_MS, type Schedule } from '@shared/model/schedule';
import type { Settings } from '@shared/model/settings';
import { toInstant } from '@shared/model/time';
import { eq } from 'drizzle-orm';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import { auditLog, devices } from '../database/schema';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { ConflictError, InvalidValueError, NotFoundError } from '../request-error';
import type { Service, ServiceStatus } from '../service';
import { addedRow, alsaDeviceName, checkSimulatedFile, type AddedDevice } from './added-device';
import type { CaptureCard } from './capture-card';
import { differs, toDevice, type DeviceRow } from './device-row';
import { safeNamePart } from '../files/safe-name-part';
import { workspaceFor } from './identity';
import { planScan } from './scan-plan';
import { messageOf } from '../error-message';

export interface DeviceRegistryOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** Finds the capture cards, e.g. `AlsaScanner.scan`. Gives the same array while nothing changed. */
  readonly scan: (deep: boolean) => Promise<readonly CaptureCard[]>;
  readonly profiles: () => readonly Profile[];
  readonly settings: () => Settings;
  /** Calls back when USB changes, e.g. `watchUsb`; resolves to a function that ends it. */
  readonly hotplug?: (onChange: () => void) => Promise<() => Promise<void>>;
}

/** A little under a second, so that a microphone is shown within one. */
const SCAN_INTERVAL_MS = 900;
/** A full look although the list of cards reads the same. */
const DEEP_SCAN_INTERVAL_MS = 10_000;
/** Gone for less than this is a flap. */
const GRACE_MS = 3000;
/** USB tells of a device some time before ALSA has its card: look often for a while. */
const BURST_MS = 2000;
const BURST_INTERVAL_MS = 200;
/** What `ensureSimulated` makes when no profile is asked for: a bat microphone, a bird microphone, in turn. */
const DEMO_PROFILES = ['ultramic_384_evo', FALLBACK_PROFILE_SLUG];

/**
 * Every microphone the station knows: finds USB ones, keeps those that people added, holds what people decided.
 * The database is written when something changed, not when something was merely seen again.
 */
export class DeviceRegistry implements Service {
  readonly name = 'devices';
  readonly #options: DeviceRegistryOptions;
  readonly #logger: Logger;
  readonly #rows = new Map<string, DeviceRow>();
  /** Rows whose last write failed. */
  readonly #unsaved = new Set<string>();
  #missingSince: ReadonlyMap<string, number> = new Map();
  #cards: readonly CaptureCard[] | null = null;
  #rematch = false;
  #deep = false;
  #lastDeepMs = -Infinity;
  #burstUntilMs = -Infinity;
  #failure: string | null = null;
  #life: Life | null = null;

  constructor(options: DeviceRegistryOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    for (const row of options.connection.db.select().from(devices).all())
      this.#rows.set(row.name, row);
  }

  /** Resolves after the first scan, so that whoever starts next knows which microphones are there. */
  async start(): Promise<void> {
    if (this.#life !== null) return;
    const life = new Life(this.#options.clock);
    this.#life = life;
    this.#cards = null;
    this.#rematch = true;
    this.#missingSince = new Map();
    const rematch = (): void => {
      this.#rematch = true;
      life.nudge.nudge();
    };
    const onSettings = ({ keys }: { keys: readonly string[] }): void => {
      if (keys.includes('system.auto_enrollment')) rematch();
    };
    const { bus } = this.#options;
    bus.on('profile.changed', rematch);
    bus.on('settings.changed', onSettings);
    life.onEnd(() => {
      bus.off('profile.changed', rematch);
      bus.off('settings.changed', onSettings);
    });
    await this.#turn();
    if (life.isOver()) return;
    life.loop = this.#run(life);
    life.hotplug = this.#options.hotplug?.(() => {
      this.nudge();
    });
  }

  async stop(): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    this.#life = null;
    await life.end();
    const seen = [...this.#rows.values()].filter(
      (row) => row.presence === 'online' && row.removedAtMs === null,
    );
    try {
      this.#write(seen);
    } catch (error) {
      this.#logger.warn(
        'devices.write_failed',
        'When the devices were last seen could not be stored.',
        {
          error: String(error),
        },
      );
    }
  }

  status(): ServiceStatus {
    const rows = this.#present();
    return {
      name: this.name,
      state: this.#life === null ? 'stopped' : this.#failure === null ? 'ok' : 'degraded',
      details: this.#failure ?? '',
      counters: {
        known: rows.length,
        online: rows.filter((row) => row.presence === 'online').length,
        pending: rows.filter((row) => row.enrollment === 'pending').length,
      },
    };
  }

  /** USB changed: scan at once, fully, and often for a moment. */
  nudge(): void {
    this.#deep = true;
    this.#burstUntilMs = this.#options.clock.monotonicMs() + BURST_MS;
    this.#life?.nudge.nudge();
  }

  /** Every device, in order of name. */
  list(): Device[] {
    return this.#present()
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
      .map(toDevice);
  }

  find(name: string): Device | undefined {
    const row = this.#rows.get(name);
    return row === undefined || row.removedAtMs !== null ? undefined : toDevice(row);
  }

  /** @throws NotFoundError */
  get(name: string): Device {
    return toDevice(this.#row(name));
  }

  /**
   * Adds a simulated microphone; one that was removed and is asked for again comes back with its folder.
   * @throws NotFoundError for an unknown profile, InvalidValueError for an unusable file
   */
  async addSimulated(request: {
    profileSlug: string;
    source: SimulatedSource;
    file?: string | undefined;
    displayName?: string | undefined;
  }): Promise<Device> {
    this.#requireProfile(request.profileSlug);
    const { source, file = null } = request;
    if (source === 'file' && file === null) throw new InvalidValueError('file', 'expected a path');
    if (source !== 'file' && file !== null)
      throw new InvalidValueError('file', `not used by "${source}"`);
    if (file !== null) await checkSimulatedFile(file);
    const removed = this.#byNumber().find(
      (row) =>
        row.removedAtMs !== null &&
        row.profileSlug === request.profileSlug &&
        row.simulatedSource === source &&
        row.simulatedFile === file,
    );
    const name = removed?.name ?? this.#freeSimulatedName();
    return this.#add(
      name,
      { kind: 'simulated', source, file },
      request.profileSlug,
      request.displayName,
    );
  }

  /**
   * Makes sure that `count` simulated microphones exist, adding what is missing.
   * @returns all that exist then
   * @throws NotFoundError for an unknown profile
   */
  async ensureSimulated(count: number, profileSlug?: string): Promise<Device[]> {
    if (profileSlug !== undefined) this.#requireProfile(profileSlug);
    const known = new Set(this.#options.profiles().map((profile) => profile.slug));
    const choice = DEMO_PROFILES.filter((slug) => known.has(slug));
    const existing = (): DeviceRow[] => this.#byNumber().filter((row) => row.removedAtMs === null);
    while (existing().length < count) {
      const removed = this.#byNumber().find(
        (row) =>
          row.removedAtMs !== null && row.simulatedSource !== 'file' && row.profileSlug !== null,
      );
      if (removed !== undefined && (profileSlug ?? removed.profileSlug) === removed.profileSlug) {
        this.#revive(removed);
        continue;
      }
      const slug = profileSlug ?? choice[existing().length % Math.max(1, choice.length)];
      if (slug === undefined) throw new NotFoundError('profile', FALLBACK_PROFILE_SLUG);
      await this.addSimulated({ profileSlug: slug, source: 'sweep' });
    }
    return existing().map(toDevice);
  }

  /**
   * Adds a capture by its ALSA PCM name. Adding the same PCM again gives the same device, with the profile and the
   * display name that are asked for, if any.
   * @throws NotFoundError for an unknown profile
   */
  addAlsa(request: {
    pcm: string;
    profileSlug?: string | undefined;
    displayName?: string | undefined;
  }): Device {
    const { pcm, profileSlug, displayName } = request;
    if (profileSlug !== undefined) this.#requireProfile(profileSlug);
    return this.#add(alsaDeviceName(pcm), { kind: 'alsa', pcm }, profileSlug, displayName);
  }

  /** The device that imported recordings are of, made where there is none; any other of this name will do. */
  ensureImported({ name, displayName }: { name: string; displayName: string }): Device {
    const known = this.#rows.get(name);
    // One that records and was removed stays so: the row is there, and that is all that is needed.
    if (known !== undefined && known.kind !== 'imported') return toDevice(known);
    if (known !== undefined) return this.#decide({ ...known, removedAtMs: null });
    const taken = [...this.#rows.values()].map((row) => row.workspace);
    const workspace = workspaceFor(safeNamePart(name), taken);
    const wallMs = this.#options.clock.wallMs();
    return this.#decide({
      ...addedRow(
        { kind: 'imported' },
        { name, displayName, profileSlug: null, workspace, wallMs },
      ),
      // Nothing can be recorded with it.
      presence: 'offline',
      enabled: false,
    });
  }

  /**
   * Forgets a device that was added by hand; its recordings and its row stay.
   * @returns false when there was none
   * @throws ConflictError not_removable for real hardware
   */
  remove(name: string, actor = STATION): boolean {
    const row = this.#rows.get(name);
    if (row === undefined || row.removedAtMs !== null) return false;
    if (row.kind === 'usb') {
      throw new ConflictError(
        'not_removable',
        name,
        `"${name}" is real hardware: ignore it instead.`,
      );
    }
    const removedAtMs = this.#options.clock.wallMs();
    this.#decide(
      { ...row, removedAtMs, presence: 'offline' },
      { actor, action: 'device.remove', oldValue: null, newValue: null },
    );
    return true;
  }

  /**
   * Gives a device a profile; from then on no scan changes it. Does not enrol it.
   * @throws NotFoundError for an unknown device or profile
   */
  setProfile(name: string, profileSlug: string, actor = STATION): Device {
    const row = this.#microphone(name);
    this.#requireProfile(profileSlug);
    return this.#decide(
      { ...row, profileSlug, matchReason: byUser(row) },
      { actor, action: 'device.set_profile', oldValue: row.profileSlug, newValue: profileSlug },
    );
  }

  /** Accepts a pending device, or takes back `ignore`. @throws NotFoundError */
  enroll(name: string, actor = STATION): Device {
    const row = this.#microphone(name);
    if (row.enrollment === 'enrolled') return toDevice(row);
    return this.#decide(
      { ...row, enrollment: 'enrolled', matchReason: byUser(row) },
      { actor, action: 'device.enroll', oldValue: row.enrollment, newValue: 'enrolled' },
    );
  }

  /** @throws NotFoundError */
  ignore(name: string, actor = STATION): Device {
    const row = this.#microphone(name);
    return this.#decide(
      { ...row, enrollment: 'ignored' },
      { actor, action: 'device.ignore', oldValue: row.enrollment, newValue: 'ignored' },
    );
  }

  /** A person's switch: record or not. @throws NotFoundError */
  setEnabled(name: string, enabled: boolean, actor = STATION): Device {
    const row = this.#microphone(name);
    const action = enabled ? 'recorder.start' : 'recorder.stop';
    return this.#decide(
      { ...row, enabled },
      { actor, action, oldValue: row.enabled, newValue: enabled },
    );
  }

  /** When it should record. @throws NotFoundError */
  setSchedule(name: string, schedule: Schedule, actor = STATION): Device {
    const row = this.#microphone(name);
    return this.#decide(
      { ...row, schedule },
      { actor, action: 'recorder.set_schedule', oldValue: row.schedule, newValue: schedule },
    );
  }

  /**
   * Rests until then and goes on by itself.
   * @param untilMs UTC milliseconds
   * @throws NotFoundError, InvalidValueError unless it lies ahead, by a week at most
   */
  pause(name: string, untilMs: number, actor = STATION): Device {
    const row = this.#microphone(name);
    const aheadMs = untilMs - this.#options.clock.wallMs();
    if (!(aheadMs > 0 && aheadMs <= LONGEST_PAUSE_MS)) {
      throw new InvalidValueError('until', 'expected an instant ahead, at most seven days');
    }
    const [oldValue, newValue] = [instantOrNull(row.pausedUntilMs), instantOrNull(untilMs)];
    return this.#decide(
      { ...row, pausedUntilMs: untilMs },
      { actor, action: 'recorder.pause', oldValue, newValue },
    );
  }

  /** Ends a pause, if there is one. @throws NotFoundError */
  resume(name: string, actor = STATION): Device {
    const row = this.#microphone(name);
    const oldValue = instantOrNull(row.pausedUntilMs);
    return this.#decide(
      { ...row, pausedUntilMs: null },
      { actor, action: 'recorder.resume', oldValue, newValue: null },
    );
  }

  async #run(life: Life): Promise<void> {
    for (;;) {
      await life.rest(this.#restMs());
      if (life.isOver()) return;
      await this.#turn();
    }
  }

  #restMs(): number {
    const now = this.#options.clock.monotonicMs();
    if (now < this.#burstUntilMs) return BURST_INTERVAL_MS;
    const graceEnds = Math.min(
      ...[...this.#missingSince.values()].map((since) => since + GRACE_MS - now),
    );
    return Math.max(1, Math.min(SCAN_INTERVAL_MS, graceEnds));
  }

  /** One scan and what follows from it. Never throws: the next turn comes in any case. */
  async #turn(): Promise<void> {
    try {
      const now = this.#options.clock.monotonicMs();
      const deep = this.#deep || now - this.#lastDeepMs >= DEEP_SCAN_INTERVAL_MS;
      this.#deep = false;
      if (deep) this.#lastDeepMs = now;
      const cards = await this.#options.scan(deep);
      this.#apply(cards);
      this.#recovered();
    } catch (error) {
      this.#failed(error);
    }
  }

  #apply(cards: readonly CaptureCard[]): void {
    const { clock, profiles, settings } = this.#options;
    const first = this.#cards === null;
    const quiet = cards === this.#cards && this.#missingSince.size === 0 && !this.#rematch;
    if (quiet) {
      this.#sawAgain();
      this.#saveRest();
      return;
    }
    const rematch = this.#rematch;
    const plan = planScan({
      rows: this.#rows,
      cards,
      missingSince: this.#missingSince,
      monotonicMs: clock.monotonicMs(),
      wallMs: clock.wallMs(),
      // What is not there when the station starts went away in its absence.
      graceMs: first ? 0 : GRACE_MS,
      profiles: profiles(),
      autoEnrollment: settings().system.auto_enrollment,
      rematch,
    });
    this.#rematch = false;
    this.#cards = cards;
    this.#missingSince = plan.missingSince;
    this.#sawAgain();
    const changed = plan.rows.filter((row) => {
      const known = this.#rows.get(row.name);
      return known === undefined || differs(known, row);
    });
    for (const row of changed) this.#log(this.#rows.get(row.name), row);
    for (const row of plan.rows) this.#rows.set(row.name, row);
    // The state in memory is the truth, whether or not the disk can take it now.
    for (const row of changed) this.#unsaved.add(row.name);
    try {
      this.#saveRest();
    } finally {
      for (const row of changed) this.#options.bus.emit('device.changed', { name: row.name });
    }
  }

  #sawAgain(): void {
    const lastSeenAtMs = this.#options.clock.wallMs();
    for (const row of this.#rows.values()) {
      const here =
        row.presence === 'online' && row.removedAtMs === null && !this.#missingSince.has(row.name);
      if (here) this.#rows.set(row.name, { ...row, lastSeenAtMs });
    }
  }

  #saveRest(): void {
    if (this.#unsaved.size === 0) return;
    const rows = [...this.#unsaved]
      .map((name) => this.#rows.get(name))
      .filter((row) => row !== undefined);
    this.#write(rows);
    this.#unsaved.clear();
  }

  /** Stores what a person decided, and who did, then makes it so. Nothing happens when it is so already. */
  #decide(row: DeviceRow, act: Act | null = null): Device {
    const known = this.#rows.get(row.name);
    if (known === undefined || differs(known, row)) {
      this.#write([row], act);
      if (act !== null) {
        const { name: device, displayName } = row;
        this.#logger.info('device.decided', `${displayName}: ${act.action}.`, { device, ...act });
      }
      this.#unsaved.delete(row.name);
      this.#rows.set(row.name, row);
      this.#options.bus.emit('device.changed', { name: row.name });
    }
    return toDevice(row);
  }

  #add(
    name: string,
    added: AddedDevice,
    profileSlug: string | undefined,
    displayName: string | undefined,
  ): Device {
    const known = this.#rows.get(name);
    const wallMs = this.#options.clock.wallMs();
    if (known === undefined) {
      const workspace = workspaceFor(
        name,
        [...this.#rows.values()].map((row) => row.workspace),
      );
      const profile = profileSlug ?? this.#fallbackProfile();
      const shown = displayName ?? defaultDisplayName(name, added);
      return this.#decide(
        addedRow(added, { name, displayName: shown, profileSlug: profile, workspace, wallMs }),
      );
    }
    return this.#revive({
      ...known,
      profileSlug: profileSlug ?? known.profileSlug ?? this.#fallbackProfile(),
      displayName: displayName ?? known.displayName,
    });
  }

  /** Takes back the removal of a device, if it was removed: same row, same folder. */
  #revive(row: DeviceRow): Device {
    if (row.removedAtMs === null) return this.#decide(row);
    return this.#decide({
      ...row,
      removedAtMs: null,
      presence: 'online',
      enabled: true,
      enrollment: 'enrolled',
      lastSeenAtMs: this.#options.clock.wallMs(),
    });
  }

  #write(rows: readonly DeviceRow[], act: Act | null = null): void {
    if (rows.length === 0) return;
    const atMs = this.#options.clock.wallMs();
    const { db, sqlite } = this.#options.connection;
    sqlite
      .transaction(() => {
        for (const row of rows) {
          const { name, ...rest } = row;
          const { changes } = db.update(devices).set(rest).where(eq(devices.name, name)).run();
          if (changes === 0) db.insert(devices).values(row).run();
          if (act !== null) {
            db.insert(auditLog)
              .values({ atMs, subject: name, ...act })
              .run();
          }
        }
      })
      .immediate();
  }

  #present(): DeviceRow[] {
    return [...this.#rows.values()].filter((row) => row.removedAtMs === null);
  }

  #row(name: string): DeviceRow {
    const row = this.#rows.get(name);
    if (row === undefined || row.removedAtMs !== null) throw new NotFoundError('device', name);
    return row;
  }

  /** One that a person may decide about. @throws NotFoundError, also for what only names where imports come from */
  #microphone(name: string): DeviceRow {
    const row = this.#row(name);
    if (row.kind !== 'imported') return row;
    const message = `"${name}" is no microphone of this station: its recordings were imported.`;
    throw new NotFoundError('device', name, message);
  }

  /** Simulated microphones, removed ones too, `sim-1` first. */
  #byNumber(): DeviceRow[] {
    return [...this.#rows.values()]
      .filter((row) => row.kind === 'simulated')
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  #freeSimulatedName(): string {
    for (let n = 1; ; n++) {
      const name = `sim-${String(n)}`;
      if (!this.#rows.has(name)) return name;
    }
  }

  #fallbackProfile(): string | null {
    const has = this.#options.profiles().some((profile) => profile.slug === FALLBACK_PROFILE_SLUG);
    return has ? FALLBACK_PROFILE_SLUG : null;
  }

  #requireProfile(slug: string): void {
    const known = this.#options.profiles().some((profile) => profile.slug === slug);
    if (!known) throw new NotFoundError('profile', slug);
  }

  #log(before: DeviceRow | undefined, now: DeviceRow): void {
    const fields = {
      device: now.name,
      presence: now.presence,
      pcm: now.pcm,
      profile: now.profileSlug,
    };
    if (before === undefined) {
      const why = { ...fields, enrollment: now.enrollment, outcome: now.matchReason.outcome };
      this.#logger.info('device.found', `A new microphone: ${now.displayName}.`, why);
    } else if (before.presence !== now.presence) {
      const text = `${now.displayName} is ${now.presence}.`;
      if (now.presence === 'online') this.#logger.info('device.online', text, fields);
      else this.#logger.warn('device.offline', text, fields);
    } else if (before.flaps !== now.flaps) {
      const text = `${now.displayName} went away for a moment.`;
      this.#logger.warn('device.flapped', text, { ...fields, flaps: now.flaps });
    } else {
      this.#logger.info('device.changed', `${now.displayName} changed.`, fields);
    }
    if (now.ambiguous && before?.ambiguous !== true) {
      const text = `Two microphones claim to be the same (${String(now.usbSerial)}); each is known by its port.`;
      this.#logger.warn('device.ambiguous', text, fields);
    }
  }

  #failed(error: unknown): void {
    const reason = messageOf(error);
    const known = this.#failure;
    this.#failure = `Scanning for microphones fails: ${reason}`;
    if (known !== this.#failure) this.#logger.error('devices.scan_failed', this.#failure);
  }

  #recovered(): void {
    if (this.#failure === null) return;
    this.#failure = null;
    this.#logger.info('devices.scan_recovered', 'Scanning for microphones works again.');
  }
}

/** What a person decided of a device, for the audit log. */
interface Act {
  /** e.g. `page`, `command_line`. */
  readonly actor: string;
  readonly action: string;
  readonly oldValue: unknown;
  readonly newValue: unknown;
}

/** Nobody asked: the station itself decided. */
const STATION: string = 'station';

/** One life of the registry, between start and stop. */
class Life {
  readonly nudge: Nudge;
  loop: Promise<void> | undefined;
  hotplug: Promise<() => Promise<void>> | undefined;
  readonly #abort = new AbortController();
  readonly #endings: (() => void)[] = [];

  constructor(clock: Clock) {
    this.nudge = new Nudge(clock);
  }

  isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Pauses; a nudge or the end cuts it short. */
  async rest(ms: number): Promise<void> {
    await this.nudge.wait(ms, this.#abort.signal);
  }

  onEnd(ending: () => void): void {
    this.#endings.push(ending);
  }

  async end(): Promise<void> {
    this.#abort.abort();
    for (const ending of this.#endings) ending();
    const unplug = await this.hotplug;
    await unplug?.();
    await this.loop;
  }
}

function instantOrNull(wallMs: number | null): string | null {
  return wallMs === null ? null : toInstant(wallMs);
}

function byUser(row: DeviceRow): DeviceRow['matchReason'] {
  return { ...row.matchReason, outcome: 'user' };
}

function defaultDisplayName(name: string, added: AddedDevice): string {
  return added.kind === 'alsa' ? added.pcm : `Simulated microphone ${name.replace(/^sim-/, '')}`;
}
