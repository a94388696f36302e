import type { Device } from '@shared/model/device';
import type { RecorderStatus } from '@shared/model/recorder';
import type { ServiceStatus, StationSnapshot } from '@shared/model/station';
import type { Condition } from './alert-rules';
import { deviceConditions } from './device-alerts';
import { type RecentLoss, recorderConditions } from './recorder-alerts';

/** Everything that alerts rest on, at one moment. */
export interface StationFacts {
  readonly recorders: readonly RecorderStatus[];
  readonly devices: readonly Device[];
  readonly dataDisk: StationSnapshot['dataDisk'];
  /** null: the system does not tell. */
  readonly clockSynced: boolean | null;
  /** The last step of the wall clock within an hour. */
  readonly clockStep: { readonly stepMs: number; readonly at: string } | null;
  readonly positionKnown: boolean;
  /** What is wrong with ffmpeg; null: nothing. */
  readonly ffmpegProblem: string | null;
  readonly services: readonly ServiceStatus[];
  /** By device; one that is not in it lost nothing. */
  readonly recentLoss: ReadonlyMap<string, RecentLoss>;
  /** By device: times it went away and came back within ten minutes. */
  readonly recentFlaps: ReadonlyMap<string, number>;
}

const NO_LOSS: RecentLoss = { lostS: 0, overruns: 0, refusedSegments: 0 };

/** Everything that is wrong now. Pure: the same facts give the same answer. */
export function conditionsOf(facts: StationFacts): Condition[] {
  const { recentLoss, recentFlaps, positionKnown } = facts;
  return [
    ...facts.recorders.flatMap((recorder) =>
      recorderConditions(recorder, recentLoss.get(recorder.device) ?? NO_LOSS),
    ),
    ...facts.devices.flatMap((device) =>
      deviceConditions(device, recentFlaps.get(device.name) ?? 0, positionKnown),
    ),
    ...machineConditions(facts),
  ];
}

function machineConditions(facts: StationFacts): Condition[] {
  const { dataDisk, clockSynced, clockStep, ffmpegProblem, services } = facts;
  const told: Condition[] = [];
  if (dataDisk.state !== 'ok') {
    told.push({ code: `data_disk.${dataDisk.state}`, subject: '', evidence: dataDisk.detail });
  }
  if (clockSynced === false) {
    told.push({
      code: 'clock.unsynced',
      subject: '',
      evidence: 'The clock is not synchronised: the times of recordings may be wrong.',
    });
  }
  if (clockSynced === null) {
    told.push({
      code: 'clock.unknown',
      subject: '',
      evidence:
        'The system does not tell whether its clock is right: nobody vouches for the times.',
    });
  }
  if (clockStep !== null) {
    const seconds = (clockStep.stepMs / 1000).toFixed(1);
    told.push({
      code: 'clock.stepped',
      subject: '',
      evidence: `The clock was set by ${seconds} s, to ${clockStep.at}; recordings went on.`,
    });
  }
  if (ffmpegProblem !== null) {
    told.push({ code: 'ffmpeg.missing', subject: '', evidence: ffmpegProblem });
  }
  for (const { name, state, details } of services) {
    // Without ffmpeg the recorder has failed, too; that is said already.
    if (state !== 'failed' || (name === 'recorder' && ffmpegProblem !== null)) continue;
    told.push({
      code: 'service.failed',
      subject: name,
      evidence: details === '' ? `The part "${name}" has failed.` : details,
    });
  }
  return told;
}
