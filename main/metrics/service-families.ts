import type { ServiceStatus } from '@shared/model/station';
import { counter, type Family, gauge, timestampS } from './family';

export interface CounterMetric {
  readonly service: string;
  readonly counter: string;
  /** A counter only grows while the console runs; a timestamp is an instant or UTC milliseconds. */
  readonly kind: 'gauge' | 'counter' | 'timestamp';
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
}

/** Counters of services that an operator would plot. */
export const COUNTER_METRICS: readonly CounterMetric[] = [
  of('indexer', 'total_indexed', 'counter', 'indexer_indexed_total', 'Recordings registered.'),
  of('indexer', 'pending_count', 'gauge', 'indexer_pending', 'Segments that wait for a row.'),
  of(
    'indexer',
    'hash_pending_count',
    'gauge',
    'indexer_hashes_pending',
    'Recordings that wait for their hashes.',
  ),
  of('indexer', 'refused_count', 'gauge', 'indexer_refused_files', 'Files that are no recordings.'),
  of(
    'indexer',
    'last_indexed_at',
    'timestamp',
    'indexer_last_indexed_timestamp_seconds',
    'When the last recording was registered, in seconds since 1970.',
  ),
  of(
    'audit',
    'last_audit_at',
    'timestamp',
    'audit_last_timestamp_seconds',
    'When rows and files were last compared, in seconds since 1970.',
  ),
  of(
    'audit',
    'marked_missing',
    'gauge',
    'audit_missing_files',
    'Recordings whose files the last audit did not find.',
  ),
  of(
    'analysis',
    'pending_count',
    'gauge',
    'analysis_pending',
    'Recordings that wait for the slowest worker.',
  ),
  of('analysis', 'analysed_total', 'counter', 'analysis_done_total', 'Analyses that were made.'),
  of('analysis', 'failed_count', 'gauge', 'analysis_failed', 'Analyses that failed.'),
  of(
    'analysis',
    'derived_bytes',
    'gauge',
    'analysis_assets_bytes',
    'Waveforms and spectrograms on disk.',
  ),
  of(
    'integrity',
    'total',
    'gauge',
    'integrity_files',
    'Files that are read again and compared with their hashes.',
  ),
  of(
    'integrity',
    'verified',
    'gauge',
    'integrity_verified_files',
    'Of those: compared in this round.',
  ),
  of(
    'integrity',
    'corrupt',
    'gauge',
    'integrity_corrupt_files',
    'Files that are not any more what was recorded.',
  ),
  of('integrity', 'missing', 'gauge', 'integrity_missing_files', 'Files that are not there.'),
  of(
    'integrity',
    'unreadable',
    'gauge',
    'integrity_unreadable_files',
    'Files that could not be read.',
  ),
  of(
    'cloud_sync',
    'uploaded_bytes',
    'counter',
    'uploader_bytes_total',
    'Bytes that were sent, to all remotes.',
  ),
  of(
    'cloud_sync',
    'uploaded_count',
    'counter',
    'uploader_uploads_total',
    'Uploads that succeeded, to all remotes.',
  ),
  of(
    'retimer',
    'runs_pending',
    'gauge',
    'retiming_runs_pending',
    'Runs whose times wait to be corrected.',
  ),
  of('clock', 'steps', 'counter', 'clock_steps_total', 'Jumps of the wall clock.'),
  of(
    'settings',
    'invalid',
    'gauge',
    'settings_invalid',
    'Settings that cannot be used as they stand.',
  ),
];

/** The counters of the table, as far as the services give them. */
export function serviceFamilies(services: readonly ServiceStatus[]): Family[] {
  return COUNTER_METRICS.map(({ service, counter: key, kind, name, help }) => {
    const value = services.find((each) => each.name === service)?.counters[key];
    const full = `silvasonic_${name}`;
    if (kind === 'timestamp') return gauge(full, help, timestampS(value));
    const number = typeof value === 'number' ? value : null;
    return kind === 'counter' ? counter(full, help, number) : gauge(full, help, number);
  });
}

function of(
  service: string,
  key: string,
  kind: CounterMetric['kind'],
  name: string,
  help: string,
): CounterMetric {
  return { service, counter: key, kind, name, help };
}
