import type { DatabaseStatus } from '@shared/model/database';
import { janitorModeSchema, type JanitorStatus } from '@shared/model/janitor';
import { counter, type Family, gauge, gauges, states, timestampS } from './family';

/** What makes room, and what will have to. */
export function janitorFamilies(status: JanitorStatus): Family[] {
  const { thresholds, forecast, inodes, deleted } = status;
  return [
    gauges(
      'silvasonic_janitor_mode',
      '1 for the mode that the janitor is in.',
      ['mode'],
      states(janitorModeSchema.options, status.mode),
    ),
    gauge(
      'silvasonic_janitor_mode_since_timestamp_seconds',
      'Since when it is in this mode, in seconds since 1970.',
      timestampS(status.since),
    ),
    gauges(
      'silvasonic_janitor_threshold_ratio',
      'How full the disk is when a mode begins, 0 to 1.',
      ['mode'],
      [
        [['housekeeping'], thresholds.warning / 100],
        [['defensive'], thresholds.critical / 100],
        [['panic'], thresholds.emergency / 100],
      ],
    ),
    gauge(
      'silvasonic_janitor_last_cycle_timestamp_seconds',
      'When it last looked, in seconds since 1970.',
      timestampS(status.lastCycleAt),
    ),
    counter(
      'silvasonic_janitor_deleted_recordings_total',
      'Recordings whose files it removed, since the console was started.',
      deleted.recordings,
    ),
    counter(
      'silvasonic_janitor_freed_bytes_total',
      'Bytes that it freed, since the console was started.',
      deleted.bytes,
    ),
    counter(
      'silvasonic_janitor_unsaved_deleted_recordings_total',
      'Recordings that it removed although a copy was wanted and none had been read back.',
      deleted.unsaved,
    ),
    gauge(
      'silvasonic_janitor_stuck_recordings',
      'Recordings whose files could not be removed.',
      status.stuck,
    ),
    gauge('silvasonic_janitor_held', '1: it deletes nothing for now.', status.held !== null),
    gauge('silvasonic_janitor_blind', '1: it cannot ask the database.', status.blind),
    gauge(
      'silvasonic_janitor_without_remotes',
      '1: no remote is active, so no copy is asked for before a recording goes.',
      status.withoutRemotes,
    ),
    gauge('silvasonic_data_disk_inodes', 'Inodes of the data disk.', inodes?.total),
    gauge('silvasonic_data_disk_inodes_free', 'Inodes that are free.', inodes?.free),
    gauge(
      'silvasonic_storage_written_bytes_per_second',
      'What is written to the data disk, over the last day.',
      forecast?.writeBytesPerS,
    ),
    gauge(
      'silvasonic_storage_uploaded_bytes_per_second',
      'What is uploaded, over the last day.',
      forecast?.uploadBytesPerS,
    ),
    gauge(
      'silvasonic_storage_full_timestamp_seconds',
      'When the data disk will be full if nothing is deleted, in seconds since 1970.',
      timestampS(forecast?.fullAt),
    ),
    gauge(
      'silvasonic_storage_first_loss_timestamp_seconds',
      'When the first recording without a copy will be deleted, in seconds since 1970; absent: none in sight.',
      timestampS(forecast?.firstLossAt),
    ),
    gauge(
      'silvasonic_storage_forecast_basis_seconds',
      'How much measurement the forecast rests on.',
      forecast === null ? null : forecast.basisHours * 3600,
    ),
  ];
}

/** The file in which everything is kept that is not sound. */
export function databaseFamilies(status: DatabaseStatus): Family[] {
  const [newest] = status.backups;
  return [
    gauge('silvasonic_database_size_bytes', 'Size of the database.', status.sizeBytes),
    gauge('silvasonic_database_log_bytes', 'Size of its write-ahead log.', status.logBytes),
    gauge(
      'silvasonic_database_free_bytes',
      'Room within the database that is used again.',
      status.freeBytes,
    ),
    gauge('silvasonic_database_backups', 'Backups that are kept.', status.backups.length),
    gauge(
      'silvasonic_database_last_backup_timestamp_seconds',
      'When the newest backup was made, in seconds since 1970.',
      timestampS(newest?.at),
    ),
    gauge(
      'silvasonic_database_backup_failed',
      '1: the last backup came to nothing.',
      status.backupProblem !== null,
    ),
    gauge(
      'silvasonic_database_last_check_timestamp_seconds',
      'When every page was last read, in seconds since 1970.',
      timestampS(status.lastCheck?.at),
    ),
    gauge(
      'silvasonic_database_damaged',
      '1: the last check found damage.',
      status.lastCheck === null ? null : status.lastCheck.damage !== null,
    ),
    gauge(
      'silvasonic_database_restored',
      '1: a backup or nothing took its place, and no audit has passed since.',
      status.restored !== null,
    ),
    counter(
      'silvasonic_database_slow_statements_total',
      'Statements that held up the station, since the console was started.',
      status.slow.statements,
    ),
    gauge(
      'silvasonic_database_longest_statement_seconds',
      'The longest of them.',
      status.slow.longestMs / 1000,
    ),
  ];
}
