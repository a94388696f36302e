import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ClockSync } from '@main/clock/clock-sync';
import { ClockWatch, type ClockWatchOptions } from '@main/clock/clock-watch';
import type { Connection } from '@main/database/connection';
import { createEventBus, type EventBus } from '@main/events/bus';
import { FakeClock } from './fake-clock';
import { recordingLogger } from './recording-logger';
import { stationDatabase } from './station-database';
import { temporaryFolder } from './temporary-folder';

export interface WatchedClock {
  readonly clock: FakeClock;
  readonly bus: EventBus;
  readonly connection: Connection;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly watch: ClockWatch;
  /** `clock.stepped` and `clock.synced`, as they came. */
  readonly told: string[];
  /** timesyncd's marker comes, touched just now by the clock itself, or goes; null: there is no timesyncd at all. */
  setSynced(synced: boolean | null): void;
  /** The machine sleeps: its monotonic clock stands still, the others go on. */
  suspend(ms: number): void;
  /** Another console on the same database, as after a restart. */
  again(options?: Partial<ClockWatchOptions>): ClockWatch;
  rows(): {
    reason: string;
    step_ms: number | null;
    synced: number | null;
    run_id: string | null;
  }[];
}

/** A machine's clock with a watch on it; timesyncd is there and has not synchronised yet. */
export function watchedClock(
  options: Partial<ClockWatchOptions> & { synced?: boolean | null } = {},
): WatchedClock {
  const runRoot = temporaryFolder();
  const marker = join(runRoot, 'systemd/timesync');
  const clock = options.clock instanceof FakeClock ? options.clock : new FakeClock();
  const connection = options.connection ?? stationDatabase();
  const bus = options.bus ?? createEventBus();
  const logger = recordingLogger();
  let suspendedMs = 0;
  const setSynced = (synced: boolean | null): void => {
    rmSync(marker, { recursive: true, force: true });
    if (synced !== null) mkdirSync(marker, { recursive: true });
    if (synced !== true) return;
    writeFileSync(join(marker, 'synchronized'), '');
    const nowS = clock.wallMs() / 1000;
    utimesSync(join(marker, 'synchronized'), nowS, nowS);
  };
  const { synced = false, ...rest } = options;
  setSynced(synced);
  const again = (more: Partial<ClockWatchOptions> = {}): ClockWatch => {
    const watch = new ClockWatch({
      connection,
      clock,
      bus,
      logger,
      sync: new ClockSync({ clock, runRoot }),
      bootId: () => Promise.resolve('boot-1'),
      uptimeMs: () => clock.monotonicMs() + suspendedMs,
      hasRealTimeClock: () => false,
      ...rest,
      ...more,
    });
    onTestFinished(() => watch.stop());
    return watch;
  };
  const told: string[] = [];
  bus.on('clock.stepped', ({ stepMs }) => told.push(`stepped ${String(stepMs)}`));
  bus.on('clock.synced', () => told.push('synced'));
  return {
    clock,
    bus,
    connection,
    logger,
    watch: again(),
    told,
    setSynced,
    suspend: (ms) => {
      suspendedMs += ms;
      clock.stepWall(ms);
    },
    again,
    rows: () =>
      connection.sqlite
        .prepare<
          [],
          { reason: string; step_ms: number | null; synced: number | null; run_id: string | null }
        >('select reason, step_ms, synced, run_id from clock_anchors order by id')
        .all(),
  };
}
