import type { CaptureErrorCode, RecorderStatus } from '@shared/model/recorder';
import { ALERT_RULES, type AlertCode, type Condition } from './alert-rules';

/** What a recorder lost within the last minutes. */
export interface RecentLoss {
  readonly lostS: number;
  readonly overruns: number;
  readonly refusedSegments: number;
}

/** More frames than this at full scale are clipping. */
const CLIPPED_RATIO = 0.001;
/** A mean beyond this share of full scale is a fault of the microphone or of its cable. */
const DC_OFFSET = 0.05;

const CODE_OF: Readonly<Partial<Record<CaptureErrorCode, AlertCode>>> = {
  DEVICE_BUSY: 'recorder.busy',
  PERMISSION_DENIED: 'recorder.no_permission',
  RATE_NOT_OFFERED: 'recorder.refused',
  CHANNELS_NOT_OFFERED: 'recorder.refused',
  FORMAT_NOT_OFFERED: 'recorder.refused',
};

/** What is wrong with one recorder now. */
export function recorderConditions(recorder: RecorderStatus, recent: RecentLoss): Condition[] {
  const told: Condition[] = [];
  const tell = (code: AlertCode, evidence: string): void => {
    told.push({ code, subject: recorder.device, evidence });
  };
  const { displayName, state, desired, lastError, signal } = recorder;
  const error = lastError === null ? '' : ` ${lastError.code}: ${lastError.detail}`;

  if (desired && state !== 'recording') {
    const forS = String(ALERT_RULES['recorder.not_recording'].holdMs / 1000);
    const last =
      recorder.lastAudioAt === null ? 'no sound yet' : `last sound ${recorder.lastAudioAt}`;
    tell(
      'recorder.not_recording',
      `${displayName} should record and has not for ${forS} s (${state}, ${last}).${error}`,
    );
    const code = lastError === null ? undefined : CODE_OF[lastError.code];
    if (code !== undefined) tell(code, `${displayName}:${error}`);
  }
  if (desired && recorder.failing) {
    tell(
      'recorder.failing',
      `${displayName} failed again and again (${String(recorder.restarts)} restarts) and is tried once a minute.${error}`,
    );
  }
  if (desired && state === 'stalled') {
    const since = recorder.lastAudioAt ?? 'its start';
    tell('recorder.stalled', `The capture of ${displayName} lives, no sound grows since ${since}.`);
  }
  if (state === 'recording' && signal !== null) {
    if (signal.constant) {
      tell('recorder.silent', `A channel of ${displayName} does not move at all.`);
    }
    if (signal.clippedRatio > CLIPPED_RATIO) {
      const percent = (signal.clippedRatio * 100).toFixed(2);
      tell('recorder.clipping', `${percent} % of the frames of ${displayName} are at full scale.`);
    }
    if (Math.abs(signal.dcOffset) > DC_OFFSET) {
      const percent = (signal.dcOffset * 100).toFixed(1);
      tell('recorder.dc_offset', `The sound of ${displayName} is off centre by ${percent} %.`);
    }
  }
  if (recent.lostS > 0 || recent.overruns > 0) {
    tell(
      'recorder.losing_sound',
      `${displayName} lost ${recent.lostS.toFixed(3)} s of sound and had ${String(recent.overruns)} overruns within ten minutes.`,
    );
  }
  if (recent.refusedSegments > 0) {
    tell(
      'segment.refused',
      `${String(recent.refusedSegments)} segments of ${displayName} were put into quarantine within the last hour.`,
    );
  }
  if (recorder.desiredReason === 'recorder_limit') {
    tell('recorder.limit', `${displayName} waits: as many recorders run as the settings allow.`);
  }
  return told;
}
