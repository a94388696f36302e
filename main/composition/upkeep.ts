import { JobThread } from '../database/job-thread';
import { watchStatements } from '../database/statement-watch';
import { DatabaseUpkeep } from '../upkeep/database-upkeep';
import type { Base } from './base';

/** What keeps the database well, and listens to whatever is asked of it from now on. */
export function composeUpkeep(base: Base): DatabaseUpkeep {
  const { foundation, connection, bus, log, logger, clockWatch, settings, alerts, dataDisk } = base;
  const { options, clock, folder, opened } = foundation;
  const upkeep = new DatabaseUpkeep({
    connection,
    file: folder.databaseFile,
    backupDir: folder.backupDir,
    opened,
    clock,
    bus,
    logger: log.logger('database'),
    alerts,
    settings: () => settings.get().history,
    clockTrusted: () => clockWatch.trusted(),
    diskUsable: () => dataDisk.usable(),
    threads: {
      patient: new JobThread(options.databaseWorkerUrl, 'patient'),
      brisk: new JobThread(options.databaseWorkerUrl, 'brisk'),
    },
  });
  watchStatements(connection.sqlite, {
    monotonicMs: () => performance.now(),
    onSlow: ({ sql, durationMs, plan, times }) => {
      upkeep.noteSlow(times, durationMs);
      logger.warn('database.slow_statement', 'A statement held up the station.', {
        sql,
        durationMs: Math.round(durationMs),
        plan,
        times,
      });
    },
    onDamage: (message) => {
      upkeep.suspect(message);
    },
  });
  return upkeep;
}
