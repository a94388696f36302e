import { sql } from 'drizzle-orm';
import {
  check,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type {
  CaptureOffer,
  DeviceKind,
  Enrollment,
  IdentityBasis,
  MatchReason,
  SimulatedSource,
} from '@shared/model/device';
import type { GapReason } from '@shared/model/coverage';
import type { Profile } from '@shared/model/profile';
import type { ImportItemState, ImportOptions, ImportState, TimeSource } from '@shared/model/import';
import type { DesiredReason, SignalHealth } from '@shared/model/recorder';
import type { Integrity, Stream } from '@shared/model/recording';
import type { Schedule } from '@shared/model/schedule';
import type { Copy } from '@shared/model/custody';
import type { Capabilities, CloudErrorCode, RemoteType } from '@shared/model/remote';

// Times are integer UTC milliseconds (`*Ms`), sizes bytes, rates Hz.
// `recordings_fts` (FTS5) and the append-only triggers cannot be said in drizzle: see the custom migration.

const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false);

export const microphoneProfiles = sqliteTable('microphone_profiles', {
  slug: text('slug').primaryKey(),
  definition: text('definition', { mode: 'json' }).$type<Profile>().notNull(),
  origin: text('origin').$type<'seed' | 'user'>().notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

export const devices = sqliteTable(
  'devices',
  {
    /** The stable identity; everything that outlives a plug refers to it. */
    name: text('name').primaryKey(),
    displayName: text('display_name').notNull(),
    kind: text('kind').$type<DeviceKind>().notNull(),
    identityBasis: text('identity_basis').$type<IdentityBasis>().notNull(),
    ambiguous: flag('ambiguous'),
    usbVendorId: text('usb_vendor_id'),
    usbProductId: text('usb_product_id'),
    usbSerial: text('usb_serial'),
    usbBusPath: text('usb_bus_path'),
    alsaCardIndex: integer('alsa_card_index'),
    alsaCardId: text('alsa_card_id'),
    alsaName: text('alsa_name'),
    pcm: text('pcm'),
    offers: text('offers', { mode: 'json' }).$type<CaptureOffer[]>(),
    simulatedSource: text('simulated_source').$type<SimulatedSource>(),
    simulatedFile: text('simulated_file'),
    presence: text('presence').$type<'online' | 'offline'>().notNull(),
    flaps: integer('flaps').notNull().default(0),
    enrollment: text('enrollment').$type<Enrollment>().notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull().default(true),
    profileSlug: text('profile_slug').references(() => microphoneProfiles.slug),
    schedule: text('schedule', { mode: 'json' })
      .$type<Schedule>()
      .notNull()
      .default(sql`'{"kind":"always"}'`),
    pausedUntilMs: integer('paused_until_ms'),
    matchReason: text('match_reason', { mode: 'json' }).$type<MatchReason>().notNull(),
    workspace: text('workspace').notNull(),
    /** Set when a person removed a device added by hand: its recordings still refer to the row. */
    removedAtMs: integer('removed_at_ms'),
    firstSeenAtMs: integer('first_seen_at_ms').notNull(),
    lastSeenAtMs: integer('last_seen_at_ms').notNull(),
  },
  (t) => [
    uniqueIndex('ux_devices_workspace').on(t.workspace),
    index('ix_devices_profile').on(t.profileSlug),
  ],
);

/** One row per settings section, e.g. `system`; the value holds only what a person or the seed set. */
export const systemConfig = sqliteTable('system_config', {
  section: text('section').primaryKey(),
  value: text('value', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

/** What each service last wrote down about itself when it stopped, for the post-mortem. */
export const managedServices = sqliteTable('managed_services', {
  name: text('name').primaryKey(),
  state: text('state').notNull(),
  details: text('details').notNull(),
  counters: text('counters', { mode: 'json' })
    .$type<Record<string, number | string | null>>()
    .notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

export const users = sqliteTable('users', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull().unique(),
  /** bcrypt; null until the first use sets it. */
  passwordHash: text('password_hash'),
  failedAttempts: integer('failed_attempts').notNull().default(0),
  lockedUntilMs: integer('locked_until_ms'),
  createdAtMs: integer('created_at_ms').notNull(),
});

export const clockAnchors = sqliteTable(
  'clock_anchors',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    runId: text('run_id'),
    bootId: text('boot_id'),
    /** CLOCK_MONOTONIC, milliseconds, fractional. */
    monotonicMs: real('monotonic_ms').notNull(),
    /** UTC milliseconds, fractional: ffmpeg stamps in microseconds. */
    wallMs: real('wall_ms').notNull(),
    /** null: the system does not tell. */
    synced: integer('synced', { mode: 'boolean' }),
    reason: text('reason')
      .$type<'run_start' | 'step' | 'synced' | 'confirmed' | 'suspend'>()
      .notNull(),
    /** For a step: by how much the wall clock jumped; for a suspend: for how long. Milliseconds; else null. */
    stepMs: real('step_ms'),
  },
  (t) => [index('ix_clock_anchors_run').on(t.runId)],
);

export const recordings = sqliteTable(
  'recordings',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    device: text('device')
      .notNull()
      .references(() => devices.name),
    /** Capture time of the first frame. */
    timeMs: integer('time_ms').notNull(),
    durationS: real('duration_s').notNull(),
    /** null for what did not come from a run of ours. */
    runId: text('run_id'),
    sequence: integer('sequence'),
    /** Frames of the run before this recording: the exact join between neighbours. */
    firstFrame: integer('first_frame'),
    // Relative to the data folder, '/'-separated.
    rawPath: text('raw_path'),
    rawSizeBytes: integer('raw_size_bytes'),
    rawSampleRateHz: integer('raw_sample_rate_hz'),
    rawChannels: integer('raw_channels'),
    rawBitsPerSample: integer('raw_bits_per_sample'),
    rawFrames: integer('raw_frames'),
    rawSha256: text('raw_sha256'),
    processedPath: text('processed_path'),
    processedSizeBytes: integer('processed_size_bytes'),
    processedSampleRateHz: integer('processed_sample_rate_hz'),
    processedChannels: integer('processed_channels'),
    processedBitsPerSample: integer('processed_bits_per_sample'),
    processedFrames: integer('processed_frames'),
    processedSha256: text('processed_sha256'),
    simulated: flag('simulated'),
    recovered: flag('recovered'),
    clockUnsynced: flag('clock_unsynced'),
    /** The system did not tell whether its clock was right. */
    clockUnknown: flag('clock_unknown'),
    /** When its time was corrected after the clock was set, and what it was before. */
    retimedAtMs: integer('retimed_at_ms'),
    originalTimeMs: integer('original_time_ms'),
    /** What the raw file sounds like; null until it is measured with its hash. */
    signal: text('signal', { mode: 'json' }).$type<SignalHealth>(),
    protected: flag('protected'),
    uploaded: flag('uploaded'),
    uploadedAtMs: integer('uploaded_at_ms'),
    localDeleted: flag('local_deleted'),
    localDeletedAtMs: integer('local_deleted_at_ms'),
    localDeletedReason: text('local_deleted_reason'),
    /** When its files came back from a remote after they had been deleted here. */
    fetchedBackAtMs: integer('fetched_back_at_ms'),
    /** From which remote, and whether it is what was recorded. */
    fetchedFrom: text('fetched_from'),
    fetchedMatches: integer('fetched_matches', { mode: 'boolean' }),
    /** Of a pair: the one file that is gone while the other is here; null: none, or both. */
    missingFile: text('missing_file').$type<Stream>(),
    /** Worker name → what it did, see `analysis`. */
    analysisState: text('analysis_state', { mode: 'json' })
      .$type<Record<string, unknown>>()
      .notNull()
      .default(sql`'{}'`),
    source: text('source').$type<'recorder' | 'import'>().notNull().default('recorder'),
    originalName: text('original_name'),
    /** The import that brought it. */
    importId: integer('import_id'),
    /** Where the time of an imported recording comes from; null for our own. */
    timeSource: text('time_source').$type<TimeSource>(),
    /** Of the samples alone: the same sound under other metadata is the same sound. Only of imports. */
    audioSha256: text('audio_sha256'),
    /** In the bin since; the files are there until it is purged. */
    deletedAtMs: integer('deleted_at_ms'),
    /** When its files were last read again and compared with their hashes, and what that found. */
    verifiedAtMs: integer('verified_at_ms'),
    integrity: text('integrity').$type<Integrity>(),
    title: text('title'),
    description: text('description'),
    notes: text('notes'),
    indexedAtMs: integer('indexed_at_ms').notNull(),
  },
  (t) => [
    // One row per pair, however often and in whatever order its files are seen.
    uniqueIndex('ux_recordings_raw_path').on(t.rawPath),
    uniqueIndex('ux_recordings_processed_path').on(t.processedPath),
    uniqueIndex('ux_recordings_run_sequence').on(t.device, t.runId, t.sequence),
    // A few at most, and asked for again and again: a season of others is not walked through.
    index('ix_recordings_unsynced')
      .on(t.device, t.runId, t.sequence)
      .where(sql`clock_unsynced = 1`),
    index('ix_recordings_time').on(t.timeMs, t.id),
    index('ix_recordings_device_time').on(t.device, t.timeMs, t.id),
    index('ix_recordings_analysis_pending')
      .on(t.timeMs)
      .where(sql`local_deleted = 0`),
    // What lies in the bin is not uploaded any more.
    index('ix_recordings_upload_pending')
      .on(t.timeMs)
      .where(sql`uploaded = 0 and local_deleted = 0 and deleted_at_ms is null`),
    // What may make room: the oldest first.
    index('ix_recordings_janitor')
      .on(t.timeMs)
      .where(sql`uploaded = 1 and local_deleted = 0 and protected = 0`),
    // For each state that the library is searched by: its recordings in order of time, without the others.
    index('ix_recordings_uploaded').on(t.uploaded, t.timeMs),
    index('ix_recordings_absent')
      .on(t.timeMs)
      .where(sql`local_deleted = 1`),
    index('ix_recordings_protected')
      .on(t.timeMs)
      .where(sql`protected = 1`),
    index('ix_recordings_recovered')
      .on(t.timeMs)
      .where(sql`recovered = 1`),
    index('ix_recordings_clock_unsynced')
      .on(t.timeMs)
      .where(sql`clock_unsynced = 1`),
    index('ix_recordings_damaged')
      .on(t.timeMs)
      .where(sql`integrity <> 'ok'`),
    // Told every second: what is marked as gone or lies in the bin must not be walked past.
    index('ix_recordings_damaged_here')
      .on(t.integrity)
      .where(sql`integrity <> 'ok' and local_deleted = 0 and deleted_at_ms is null`),
    index('ix_recordings_imported')
      .on(t.timeMs)
      .where(sql`source = 'import'`),
    // When something was is asked of thousands at once, to put them in order: ten times as dense as the rows.
    index('ix_recordings_place').on(t.id, t.timeMs, t.deletedAtMs),
    index('ix_recordings_bin')
      .on(t.timeMs)
      .where(sql`deleted_at_ms is not null`),
    // With what is in the bin, so that the rows themselves need not be read to leave it out.
    index('ix_recordings_duration').on(t.durationS, t.timeMs, t.deletedAtMs),
    // A handful of rows among millions: found without reading the others.
    index('ix_recordings_hash_pending')
      .on(t.id)
      .where(
        sql`local_deleted = 0 and ((raw_path is not null and raw_sha256 is null) or (processed_path is not null and processed_sha256 is null))`,
      ),
    index('ix_recordings_deleted')
      .on(t.deletedAtMs, t.id)
      .where(sql`deleted_at_ms is not null`),
    // What an imported file was and was called: one that is both again is likely to be there already.
    index('ix_recordings_original')
      .on(t.rawSizeBytes, t.originalName)
      .where(sql`source = 'import'`),
    // Half a hash is enough to find a duplicate by, and a quarter of the size.
    index('ix_recordings_hash').on(sql`substr(raw_sha256, 1, 16)`),
    index('ix_recordings_audio_hash')
      .on(t.audioSha256)
      .where(sql`audio_sha256 is not null`),
    // The least recently verified first.
    index('ix_recordings_verified')
      .on(t.verifiedAtMs, t.id)
      .where(sql`local_deleted = 0`),
    check('recordings_has_a_file', sql`raw_path is not null or processed_path is not null`),
  ],
);

const recordingId = () =>
  integer('recording_id')
    .notNull()
    .references(() => recordings.id);

/**
 * How much there is per device and quarter of an hour (UTC), kept up by triggers: counts per day in any time zone
 * without a walk through millions of rows. What lies in the bin does not count.
 */
export const recordingQuarters = sqliteTable(
  'recording_quarters',
  {
    device: text('device').notNull(),
    /** Start, a multiple of 900,000. */
    quarterMs: integer('quarter_ms').notNull(),
    recordings: integer('recordings').notNull(),
    durationS: real('duration_s').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.device, t.quarterMs] }),
    // With the counts, so that months of all microphones are added up without the rows.
    index('ix_recording_quarters_time').on(t.quarterMs, t.recordings, t.durationS),
  ],
);

/** How much there is per device, kept up by triggers with the quarters: years of those are too many to add up each time. */
export const recordingTotals = sqliteTable('recording_totals', {
  device: text('device').primaryKey(),
  recordings: integer('recordings').notNull(),
});

/**
 * Between which times each 256 recordings lie whose numbers follow on each other, kept up by triggers. Numbers follow
 * time but for imports and corrected clocks, so what is looked up by number is found in order of time without reading
 * it all. A span may be wider than its recordings, never narrower.
 */
export const recordingBlocks = sqliteTable(
  'recording_blocks',
  {
    /** The number of a recording, shifted right by 8. */
    block: integer('block').primaryKey(),
    oldestMs: integer('oldest_ms').notNull(),
    newestMs: integer('newest_ms').notNull(),
  },
  (t) => [
    index('ix_recording_blocks_newest').on(t.newestMs, t.oldestMs),
    index('ix_recording_blocks_oldest').on(t.oldestMs, t.newestMs),
  ],
);

export const imports = sqliteTable('imports', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  /** What was asked for: files and folders, as the asker named them. */
  sources: text('sources', { mode: 'json' }).$type<string[]>().notNull(),
  options: text('options', { mode: 'json' }).$type<ImportOptions>().notNull(),
  state: text('state').$type<ImportState>().notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  finishedAtMs: integer('finished_at_ms'),
  /** Why it could not go on; null: it could. */
  problem: text('problem'),
});

/** One row per file that an import found. */
export const importItems = sqliteTable(
  'import_items',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    importId: integer('import_id')
      .notNull()
      .references(() => imports.id, { onDelete: 'cascade' }),
    path: text('path').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    modifiedAtMs: integer('modified_at_ms').notNull(),
    state: text('state').$type<ImportItemState>().notNull(),
    /** The recording that it became, or the one that it is a duplicate of. */
    recordingId: integer('recording_id'),
    /** Why it was refused or failed, or what was repaired; empty: nothing to say. */
    detail: text('detail').notNull().default(''),
  },
  (t) => [
    uniqueIndex('ux_import_items_path').on(t.importId, t.path),
    index('ix_import_items_state').on(t.importId, t.state, t.id),
    // A purge makes them forget the name of a recording.
    index('ix_import_items_recording')
      .on(t.recordingId)
      .where(sql`recording_id is not null`),
  ],
);

/** How far each worker has looked through the recordings; what is behind it is done or has a job. */
export const analysisCursors = sqliteTable('analysis_cursors', {
  worker: text('worker').primaryKey(),
  version: text('version').notNull(),
  throughId: integer('through_id').notNull(),
});

/** Work that waits or is being done: short, for what is done is written down with the recording. */
export const analysisJobs = sqliteTable(
  'analysis_jobs',
  {
    worker: text('worker').notNull(),
    recordingId: recordingId(),
    /** Capture time of the recording: the oldest goes first. */
    timeMs: integer('time_ms').notNull(),
    /** 1: a person waits for it. */
    priority: integer('priority').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAtMs: integer('next_attempt_at_ms').notNull().default(0),
    /** Who works on it, and until when that is believed. */
    claimedBy: text('claimed_by'),
    claimedUntilMs: integer('claimed_until_ms').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.worker, t.recordingId] }),
    index('ix_analysis_jobs_next').on(t.worker, sql`${t.priority} desc`, t.timeMs),
    index('ix_analysis_jobs_recording').on(t.recordingId),
  ],
);

export const tags = sqliteTable('tags', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull().unique(),
});

export const recordingTags = sqliteTable(
  'recording_tags',
  {
    recordingId: recordingId(),
    tagId: integer('tag_id')
      .notNull()
      .references(() => tags.id),
  },
  (t) => [
    primaryKey({ columns: [t.recordingId, t.tagId] }),
    index('ix_recording_tags_tag').on(t.tagId, t.recordingId),
  ],
);

export const derivedAssets = sqliteTable(
  'derived_assets',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    recordingId: recordingId(),
    kind: text('kind').$type<'peaks' | 'spectrogram'>().notNull(),
    version: integer('version').notNull(),
    path: text('path').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** When somebody last looked at it, or it was made: the least recently seen goes first. */
    seenAtMs: integer('seen_at_ms').notNull().default(0),
  },
  (t) => [
    uniqueIndex('ux_derived_assets_kind').on(t.recordingId, t.kind),
    index('ix_derived_assets_seen').on(t.seenAtMs),
  ],
);

export const detections = sqliteTable(
  'detections',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    recordingId: recordingId(),
    worker: text('worker').notNull(),
    workerVersion: text('worker_version').notNull(),
    /** Seconds from the start of the recording. */
    startS: real('start_s').notNull(),
    endS: real('end_s').notNull(),
    label: text('label').notNull(),
    /** 0 … 1 */
    confidence: real('confidence').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [
    index('ix_detections_recording').on(t.recordingId),
    index('ix_detections_label').on(t.label, t.recordingId),
  ],
);

/** Time a recorder should have recorded and did not. */
/** The boot in which a row's times were taken from a clock that was known to be wrong; null: they hold. */
const provisionalBoot = () => text('provisional_boot');

export const gaps = sqliteTable(
  'gaps',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    device: text('device')
      .notNull()
      .references(() => devices.name),
    fromMs: integer('from_ms').notNull(),
    /** null while it lasts. */
    toMs: integer('to_ms'),
    reason: text('reason').$type<GapReason>().notNull(),
    detail: text('detail').notNull().default(''),
    provisionalBoot: provisionalBoot(),
  },
  (t) => [
    index('ix_gaps_device_time').on(t.device, t.fromMs),
    index('ix_gaps_provisional')
      .on(t.provisionalBoot)
      .where(sql`provisional_boot is not null`),
  ],
);

/** When each device should have recorded: one row per change, so that coverage can be told long after. */
export const duties = sqliteTable(
  'duties',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    device: text('device')
      .notNull()
      .references(() => devices.name),
    fromMs: integer('from_ms').notNull(),
    /** null while it lasts; moved on from time to time, so that a power cut leaves a known end in `seenMs`. */
    toMs: integer('to_ms'),
    /** Until when this was known to hold. */
    seenMs: integer('seen_ms').notNull(),
    desired: integer('desired', { mode: 'boolean' }).notNull(),
    reason: text('reason').$type<DesiredReason>().notNull(),
    provisionalBoot: provisionalBoot(),
  },
  (t) => [
    index('ix_duties_device_time').on(t.device, t.fromMs),
    index('ix_duties_provisional')
      .on(t.provisionalBoot)
      .where(sql`provisional_boot is not null`),
    // At most one lasts per device.
    uniqueIndex('ux_duties_open')
      .on(t.device)
      .where(sql`to_ms is null`),
  ],
);

export const storageRemotes = sqliteTable('storage_remotes', {
  slug: text('slug').primaryKey(),
  name: text('name').notNull(),
  type: text('type').$type<RemoteType>().notNull(),
  /** Options without secrets; those live in the vault. */
  options: text('options', { mode: 'json' }).$type<Record<string, string>>().notNull(),
  basePath: text('base_path').notNull().default('silvasonic'),
  active: integer('active', { mode: 'boolean' }).notNull().default(true),
  bandwidthLimit: text('bandwidth_limit'),
  windowStartHour: integer('window_start_hour'),
  windowEndHour: integer('window_end_hour'),
  createdAtMs: integer('created_at_ms').notNull(),
  /** Names of the options whose values are in the vault. */
  secretNames: text('secret_names', { mode: 'json' })
    .$type<string[]>()
    .notNull()
    .default(sql`'[]'`),
  /** From the environment of a provisioned fleet. */
  seeded: flag('seeded'),
  /**
   * Waits for a person: their pause, a refused password, a full remote. Only their pause takes away `active`: what a
   * full or refusing remote has not is not uploaded.
   */
  stoppedFor: text('stopped_for').$type<'pause' | 'refused' | 'full'>(),
  stoppedAtMs: integer('stopped_at_ms'),
  /** In the words of the remote; empty: nothing to say. */
  stoppedDetail: text('stopped_detail').notNull().default(''),
  /** A removed remote keeps its row, so that the history keeps its name. */
  removedAtMs: integer('removed_at_ms'),
  capabilities: text('capabilities', { mode: 'json' }).$type<Capabilities>(),
  /** Recordings up to this one were looked at and queued where they belong to it. */
  throughId: integer('through_id').notNull().default(0),
  /** Recordings up to this one were made before it was added and do not belong to it; a backfill sets it to 0. */
  fromId: integer('from_id').notNull().default(0),
});

export const recordingRemotes = sqliteTable(
  'recording_remotes',
  {
    recordingId: recordingId(),
    remoteSlug: text('remote_slug')
      .notNull()
      .references(() => storageRemotes.slug),
    /** Capture time of the recording when it was queued: the oldest goes first. */
    timeMs: integer('time_ms').notNull().default(0),
    path: text('path').notNull(),
    remoteId: text('remote_id'),
    hash: text('hash'),
    state: text('state').$type<Copy['state']>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAtMs: integer('next_attempt_at_ms').notNull(),
    errorCode: text('error_code').$type<CloudErrorCode>(),
    /** Of the object as it was sent. */
    sizeBytes: integer('size_bytes'),
    sha256: text('sha256'),
    /** Of the recording's file that it was made of, as it was then. */
    sourceSha256: text('source_sha256'),
    /** By which hash of the remote, e.g. `md5`; `hash` is its value. */
    hashKind: text('hash_kind'),
    queuedAtMs: integer('queued_at_ms').notNull().default(0),
    uploadedAtMs: integer('uploaded_at_ms'),
    verifiedAtMs: integer('verified_at_ms'),
    verifiedBy: text('verified_by').$type<NonNullable<Copy['verifiedBy']>>(),
  },
  (t) => [
    primaryKey({ columns: [t.recordingId, t.remoteSlug] }),
    // With what says whether it is its turn, so that those that wait for another try cost no look at their rows.
    index('ix_recording_remotes_pending')
      .on(t.remoteSlug, t.timeMs, t.recordingId, t.state, t.nextAttemptAtMs)
      .where(sql`state in ('queued', 'uploaded', 'failed')`),
    // What a remote was given up on: a few, found again when somebody wants another try.
    index('ix_recording_remotes_given_up')
      .on(t.remoteSlug, t.recordingId)
      .where(sql`state = 'given_up'`),
    // What a crash left in the middle: a handful among millions.
    index('ix_recording_remotes_uploading')
      .on(t.remoteSlug)
      .where(sql`state = 'uploading'`),
    // Whose object is it: and never that of two recordings, of which one would overwrite the other.
    uniqueIndex('ux_recording_remotes_path').on(t.remoteSlug, t.path),
  ],
);

/** How many copies each remote has in which state, kept up by triggers: asked for every second. */
export const remoteTotals = sqliteTable(
  'remote_totals',
  {
    remoteSlug: text('remote_slug').notNull(),
    state: text('state').$type<Copy['state']>().notNull(),
    copies: integer('copies').notNull(),
  },
  (t) => [primaryKey({ columns: [t.remoteSlug, t.state] })],
);

/** One immutable row per attempt. Append-only by trigger, so no foreign keys that could cascade. */
export const uploads = sqliteTable(
  'uploads',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    recordingId: integer('recording_id').notNull(),
    remoteSlug: text('remote_slug').notNull(),
    remotePath: text('remote_path').notNull(),
    attemptAtMs: integer('attempt_at_ms').notNull(),
    sizeBytes: integer('size_bytes'),
    durationMs: integer('duration_ms'),
    success: integer('success', { mode: 'boolean' }).notNull(),
    code: text('code').$type<CloudErrorCode>(),
    message: text('message'),
  },
  (t) => [
    index('ix_uploads_attempt_at').on(t.attemptAtMs),
    index('ix_uploads_recording').on(t.recordingId),
    index('ix_uploads_remote').on(t.remoteSlug, t.attemptAtMs),
    // The last one that went well, the last that did not, and how many lately.
    index('ix_uploads_outcome').on(t.remoteSlug, t.success, t.attemptAtMs),
    index('ix_uploads_failed')
      .on(t.attemptAtMs)
      .where(sql`success = 0`),
  ],
);

/** One immutable row per recording whose files were removed. Append-only by trigger. */
export const deletions = sqliteTable(
  'deletions',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    recordingId: integer('recording_id'),
    paths: text('paths', { mode: 'json' }).$type<string[]>().notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    deletedAtMs: integer('deleted_at_ms').notNull(),
    mode: text('mode').notNull(),
    reason: text('reason').notNull(),
    /** A copy had been read back, or nobody wanted one; null: nobody asked, as of a purge. */
    safe: integer('safe', { mode: 'boolean' }),
    /** What was known at that moment, in one English sentence; null: nothing more than the reason. */
    explanation: text('explanation'),
  },
  (t) => [
    index('ix_deletions_time').on(t.deletedAtMs),
    index('ix_deletions_recording').on(t.recordingId),
  ],
);

export const alerts = sqliteTable(
  'alerts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    code: text('code').notNull(),
    level: text('level').$type<'info' | 'warning' | 'critical'>().notNull(),
    /** What it is about, e.g. a device name; empty = the station. */
    subject: text('subject').notNull().default(''),
    evidence: text('evidence').notNull(),
    sinceMs: integer('since_ms').notNull(),
    clearedAtMs: integer('cleared_at_ms'),
  },
  (t) => [
    // An alert is open once, however often it is raised.
    uniqueIndex('ux_alerts_open')
      .on(t.code, t.subject)
      .where(sql`cleared_at_ms is null`),
    index('ix_alerts_since').on(t.sinceMs),
  ],
);

/** Sensitive acts and settings changes. Append-only by trigger. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    atMs: integer('at_ms').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    oldValue: text('old_value', { mode: 'json' }).$type<unknown>(),
    newValue: text('new_value', { mode: 'json' }).$type<unknown>(),
  },
  (t) => [index('ix_audit_log_time').on(t.atMs)],
);
