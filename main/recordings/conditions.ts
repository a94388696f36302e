import type { RecordingFilter } from '@shared/model/recording';
import { join, sql, type Sql } from './sql';

/** A filter with what only the database knows of it. */
export interface Looked {
  readonly filter: RecordingFilter;
  /** Of the tags it names. */
  readonly tagIds: readonly number[];
  /** For the full text; null: no text was asked for. */
  readonly match: string | null;
}

export interface Condition extends Sql {
  /** Whoever walks just these rows need not ask for it again. */
  readonly of: string;
}

/**
 * What a recording, the row `r`, must be for a filter to find it; every part of it, whatever index is walked.
 * States are written out and not bound: SQLite takes a partial index only for what it can read.
 */
export function conditionsOf({ filter, tagIds, match }: Looked): Condition[] {
  const { device, minDurationS, maxDurationS, source, label } = filter;
  const bin = filter.bin === true ? 'r.deleted_at_ms is not null' : 'r.deleted_at_ms is null';
  return [
    is('bin', sql(bin)),
    ...(device === undefined ? [] : [is('device', sql('r.device = ?', device))]),
    ...withinTime(filter).map((one) => is('time', one)),
    ...(minDurationS === undefined ? [] : [is('duration', sql('r.duration_s >= ?', minDurationS))]),
    ...(maxDurationS === undefined ? [] : [is('duration', sql('r.duration_s <= ?', maxDurationS))]),
    ...(source === undefined ? [] : [is('source', sql(`r.source = '${source}'`))]),
    ...flag('protected', filter.protected),
    ...flag('uploaded', filter.uploaded),
    ...flag('local_deleted', filter.localDeleted),
    ...flag('recovered', filter.recovered),
    ...flag('clock_unsynced', filter.clockUnsynced),
    ...(filter.damaged === true ? [is('damaged', sql("r.integrity <> 'ok'"))] : []),
    ...tagIds.map((id) => is(tagCondition(id), sql(`exists (${TAG_OF_ONE})`, id))),
    ...(label === undefined ? [] : [is('label', sql(`exists (${LABEL_OF_ONE})`, label))]),
    ...(match === null ? [] : [is('text', sql(`r.id in (${TEXT})`, match))]),
  ];
}

const TAG_OF_ONE = 'select 1 from recording_tags k where k.recording_id = r.id and k.tag_id = ?';
const LABEL_OF_ONE = 'select 1 from detections d where d.label = ? and d.recording_id = r.id';
const TEXT = 'select rowid from recordings_fts where recordings_fts match ?';

export function tagCondition(tagId: number): string {
  return `tag ${String(tagId)}`;
}

/** The time that a filter is limited to. */
export function withinTime({ from, to }: RecordingFilter): Sql[] {
  return [
    ...(from === undefined ? [] : [sql('r.time_ms >= ?', Date.parse(from))]),
    ...(to === undefined ? [] : [sql('r.time_ms < ?', Date.parse(to))]),
  ];
}

export function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql('true') : join(conditions, ' and ');
}

function is(of: string, condition: Sql): Condition {
  return { of, ...condition };
}

function flag(column: string, wanted: boolean | undefined): Condition[] {
  return wanted === undefined ? [] : [is(column, sql(`r.${column} = ${wanted ? '1' : '0'}`))];
}
