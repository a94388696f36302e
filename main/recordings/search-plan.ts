import type { RecordingFilter } from '@shared/model/recording';
import {
  all,
  type Condition,
  conditionsOf,
  type Looked,
  tagCondition,
  withinTime,
} from './conditions';
import { join, sql, type Sql } from './sql';

/** Rows of which those that a filter finds are some: what SQLite walks, and by which index. */
export interface Source {
  readonly name: string;
  /** Names each of them `r`. */
  readonly from: Sql;
  /** What makes them these, where the filter's own conditions do not. */
  readonly where: readonly Sql[];
  /** The condition of the filter that all of them meet. */
  readonly meets: string | null;
  /** In order of (time, id), so that a page need not read them all. */
  readonly ordered: boolean;
  /** One row for each, without reading recordings. */
  readonly sample: Sql;
  /** Of those in order: what makes a row one of them. */
  readonly within: Sql | null;
}

/** How much is much. */
export interface Limits {
  /** So many rows are looked at without a thought. */
  readonly few: number;
  /** So many are gathered and sorted where no walk in order of time finds them soon. */
  readonly many: number;
  /** So many recordings are walked past in the hope for a full page. */
  readonly hope: number;
}

export const LIMITS: Limits = { few: 10_000, many: 250_000, hope: 20_000 };

/**
 * Which rows to walk. Those that are known to be few are read whole. Where there are many of every kind, the ones with
 * an index in order of time, until a page is full: those of a state that is asked for before all of them, since states
 * come in long stretches (what is not uploaded is the newest) and a walk would begin at the wrong end.
 * @param sampled how many there are, `few + 1` at most
 */
export function chooseSource(
  sampled: readonly { readonly source: Source; readonly rows: number }[],
  inOrder: Source,
  few: number,
): Source {
  const [fewest] = [...sampled].sort((a, b) => a.rows - b.rows);
  if (fewest !== undefined && fewest.rows <= few) return fewest.source;
  return sampled.find(({ source }) => source.ordered && source !== inOrder)?.source ?? inOrder;
}

/** The walk in order of time that every filter can do with. */
export function walkInOrder(filter: RecordingFilter): Source {
  if (filter.bin === true) return walk('bin', sql('r.deleted_at_ms is not null'), filter);
  if (filter.device === undefined) return walk('time', sql('true'), filter);
  return walk('device_time', sql('r.device = ?', filter.device), filter);
}

/** Every other way to a filter's recordings. */
export function sourcesOf({ filter, tagIds, match }: Looked): Source[] {
  const { minDurationS, maxDurationS, label } = filter;
  const sources: Source[] = [];
  const state = (asked: boolean, index: string, condition: string): void => {
    if (asked) sources.push(walk(index, sql(condition), filter));
  };
  state(filter.damaged === true, 'damaged', "r.integrity <> 'ok'");
  state(filter.protected === true, 'protected', 'r.protected = 1');
  state(filter.recovered === true, 'recovered', 'r.recovered = 1');
  state(filter.clockUnsynced === true, 'clock_unsynced', 'r.clock_unsynced = 1');
  state(filter.source === 'import', 'imported', "r.source = 'import'");
  state(filter.localDeleted === true, 'absent', 'r.local_deleted = 1');
  state(filter.localDeleted === false, 'analysis_pending', 'r.local_deleted = 0');
  state(filter.uploaded === true, 'uploaded', 'r.uploaded = 1');
  state(filter.uploaded === false, 'uploaded', 'r.uploaded = 0');
  if (minDurationS !== undefined || maxDurationS !== undefined) {
    const within = [
      ...(minDurationS === undefined ? [] : [sql('r.duration_s >= ?', minDurationS)]),
      ...(maxDurationS === undefined ? [] : [sql('r.duration_s <= ?', maxDurationS)]),
    ];
    sources.push({
      name: 'duration',
      from: indexed('ix_recordings_duration'),
      where: [],
      meets: null,
      ordered: false,
      within: null,
      sample: sampleOf('ix_recordings_duration', within),
    });
  }
  for (const id of tagIds) {
    const from = 'recording_tags k indexed by ix_recording_tags_tag';
    sources.push({
      name: 'tag',
      from: sql(
        `${from} cross join recordings r indexed by ix_recordings_place on r.id = k.recording_id`,
      ),
      where: [sql('k.tag_id = ?', id)],
      meets: tagCondition(id),
      ordered: false,
      within: null,
      sample: sql(`select 1 from ${from} where k.tag_id = ?`, id),
    });
  }
  if (label !== undefined) {
    // An index alone gives each recording once, in order of the index.
    const labelled =
      'select distinct recording_id as id from detections indexed by ix_detections_label where label = ?';
    sources.push({
      name: 'label',
      from: sql(
        `(${labelled}) k cross join recordings r indexed by ix_recordings_place on r.id = k.id`,
        label,
      ),
      where: [],
      meets: 'label',
      ordered: false,
      within: null,
      sample: sql(labelled, label),
    });
  }
  if (match !== null) {
    const found = 'select rowid as id from recordings_fts where recordings_fts match ?';
    sources.push({
      name: 'text',
      from: sql(
        `(${found}) k cross join recordings r indexed by ix_recordings_place on r.id = k.id`,
        match,
      ),
      where: [],
      meets: 'text',
      ordered: false,
      within: null,
      sample: sql(found, match),
    });
  }
  return sources;
}

/** What remains to be asked of each row of a source. */
export function conditionsIn(source: Source, looked: Looked): Sql {
  const remaining: Condition[] = conditionsOf(looked).filter(({ of }) => of !== source.meets);
  return all([...source.where, ...remaining]);
}

/** Does a walk in order of time find nothing on its way that the filter does not want? */
export function isPlain(filter: RecordingFilter): boolean {
  return Object.entries(filter).every(
    ([key, value]) =>
      value === undefined ||
      key === 'from' ||
      key === 'to' ||
      (key === 'device' && filter.bin !== true) ||
      key === 'bin',
  );
}

function walk(index: string, condition: Sql, filter: RecordingFilter): Source {
  const within = all([condition, ...withinTime(filter)]);
  return {
    name: index,
    from: indexed(`ix_recordings_${index}`),
    where: [],
    meets: null,
    ordered: true,
    sample: sampleOf(`ix_recordings_${index}`, [within]),
    within,
  };
}

function indexed(index: string): Sql {
  return sql(`recordings r indexed by ${index}`);
}

function sampleOf(index: string, conditions: readonly Sql[]): Sql {
  return join([sql(`select 1 from recordings r indexed by ${index} where`), all(conditions)], ' ');
}
