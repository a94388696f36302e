import type { Device } from '@shared/model/device';
import type { ProcessPriority, RecorderState, RecorderStatus } from '@shared/model/recorder';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { FAILURE_BUDGET } from './backoff';
import type { CaptureConfig } from './capture-config';
import { firstStreamRate } from './capture-config';
import type { CaptureRun } from './capture-run';
import type { Desired } from './desired';
import type { RecorderSlot } from './recorder-slot';
import type { LedgerEntry } from './run-files';
import type { Survivor } from './survivors';

/** Audio must have grown within this to be called recording. The poll looks once a second. */
const FRESH_MS = 3_000;

/** What a status is made of. */
export interface StatusFacts {
  readonly device: Device;
  readonly desired: Desired;
  /** What it would record with now; null when it cannot be opened. */
  readonly config: CaptureConfig | null;
  readonly clock: Clock;
}

/** The state of a recorder that this console looks after. */
export function statusOf(
  facts: StatusFacts,
  slot: RecorderSlot | undefined,
  priority: ProcessPriority | null,
): RecorderStatus {
  const { clock, desired } = facts;
  const run = slot?.run ?? null;
  const waitMs = (slot?.retryAtMonotonicMs ?? 0) - clock.monotonicMs();
  const state = stateOf(clock, slot, desired, waitMs);
  const waits = state === 'waiting' && slot?.blocked !== true;
  return {
    ...blankStatus({ ...facts, config: run?.config ?? facts.config }),
    ...(run === null ? {} : runStatus(run)),
    state,
    lastSegmentAt: instantOrNull(run?.counts.lastEndWallMs ?? slot?.lastSegmentWallMs ?? null),
    restarts: slot?.restarts ?? 0,
    failing: (slot?.failures ?? 0) >= FAILURE_BUDGET,
    lastError: slot?.lastError ?? null,
    retryAt: waits ? toInstant(clock.wallMs() + waitMs) : null,
    process: run === null ? null : priority,
  };
}

/** The state of a capture that goes on without a console. */
export function statusOfSurvivor(
  facts: StatusFacts,
  survivor: Survivor,
  priority: ProcessPriority | null,
): RecorderStatus {
  const { record, lastAudioWallMs, newest } = survivor;
  const fresh = lastAudioWallMs !== null && facts.clock.wallMs() - lastAudioWallMs <= FRESH_MS;
  return {
    ...blankStatus({ ...facts, config: record.config }),
    state: fresh ? 'recording' : 'stalled',
    runId: record.runId,
    runStartedAt: toInstant(record.anchor?.wallMs ?? record.startedWallMs),
    lastAudioAt: instantOrNull(lastAudioWallMs),
    ...(newest === null ? {} : keptOf(newest)),
    process: priority,
    clockSynced: record.anchor?.synced ?? null,
  };
}

/** What the console before had kept of it. */
function keptOf(newest: LedgerEntry): Partial<RecorderStatus> {
  const { sequence, firstFrame, frames, sampleRateHz, startWallMs } = newest;
  return {
    segmentsPromoted: sequence + 1,
    recordedS: (firstFrame + frames) / sampleRateHz,
    lastSegmentAt: toInstant(Math.round(startWallMs + (frames / sampleRateHz) * 1000)),
  };
}

function blankStatus({ device, desired, config }: StatusFacts): RecorderStatus {
  return {
    device: device.name,
    displayName: device.displayName,
    kind: device.kind,
    profileSlug: device.profileSlug,
    sampleRateHz: config?.sampleRateHz ?? null,
    channels: config?.channels ?? null,
    format: config?.format ?? null,
    desired: desired.desired,
    desiredReason: desired.reason,
    state: 'idle',
    runId: null,
    runStartedAt: null,
    lastAudioAt: null,
    lastSegmentAt: null,
    segmentsPromoted: 0,
    segmentsRefused: 0,
    recordedS: 0,
    segmentDurationS: config?.segmentDurationS ?? null,
    restarts: 0,
    failing: false,
    lastError: null,
    retryAt: null,
    nextChangeAt: instantOrNull(desired.nextChangeMs),
    pausedUntil: device.pausedUntil,
    adopted: false,
    process: null,
    overruns: 0,
    lostS: 0,
    driftPpm: null,
    clockSynced: null,
    signal: null,
  };
}

function runStatus(run: CaptureRun): Partial<RecorderStatus> {
  const { anchor, counts, timing } = run;
  return {
    runId: run.runId,
    runStartedAt: anchor === null ? null : toInstant(anchor.wallMs),
    lastAudioAt: instantOrNull(run.lastAudio?.wallMs ?? null),
    segmentsPromoted: counts.promoted,
    segmentsRefused: counts.refused,
    recordedS: counts.frames / firstStreamRate(run.config),
    adopted: run.adopted,
    overruns: timing.overruns,
    lostS: timing.lostS,
    driftPpm: timing.driftPpm,
    clockSynced: anchor?.synced ?? null,
  };
}

function stateOf(
  clock: Clock,
  slot: RecorderSlot | undefined,
  desired: Desired,
  waitMs: number,
): RecorderState {
  const run = slot?.run ?? null;
  if (run === null) {
    // A start that is under way is not undone before it is done: until then a capture may be there.
    if (!desired.desired) return (slot?.beginning ?? null) === null ? 'idle' : 'stopping';
    if (slot?.blocked === true) return 'waiting';
    const failed = (slot?.lastError ?? null) !== null;
    return failed && waitMs > 0 ? 'waiting' : 'starting';
  }
  if (run.stopping) return 'stopping';
  const since = run.lastAudio?.monotonicMs ?? null;
  if (since === null) return run.watchedMs > FRESH_MS * 3 ? 'stalled' : 'starting';
  return clock.monotonicMs() - since <= FRESH_MS ? 'recording' : 'stalled';
}

function instantOrNull(wallMs: number | null): string | null {
  return wallMs === null ? null : toInstant(wallMs);
}
