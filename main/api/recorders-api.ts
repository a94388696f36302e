import type { Level } from '@shared/model/level';
import type { RecorderStatus } from '@shared/model/recorder';
import type { Schedule } from '@shared/model/schedule';
import { toInstant } from '@shared/model/time';
import type { DeviceRegistry } from '../devices/registry';
import type { RecorderSupervisor } from '../recorder/supervisor';
import { InvalidValueError, NotFoundError } from '../request-error';
import { os } from './implementer';

/** Levels from the live streams. */
export interface LiveSource {
  /** Ends with the signal. @throws NotFoundError */
  levels(device: string, signal: AbortSignal): AsyncGenerator<Level, void>;
}

/** What a schedule would do, at the station's position and in its time zone. */
export interface SchedulingSource {
  /** Spans between two UTC instants (ms). */
  preview(
    schedule: Schedule,
    fromMs: number,
    toMs: number,
  ): { spans: { fromMs: number; toMs: number }[]; positionUnknown: boolean };
}

const DAY_MS = 86_400_000;
const LONGEST_PREVIEW_MS = 31 * DAY_MS;

export function recordersApi({
  devices,
  recorders,
  live,
  scheduling,
}: {
  devices: DeviceRegistry;
  recorders: RecorderSupervisor;
  live: LiveSource;
  scheduling: SchedulingSource;
}) {
  const statusOf = (device: string): RecorderStatus => {
    const status = recorders.statuses().find((recorder) => recorder.device === device);
    if (status === undefined) throw new NotFoundError('device', device);
    return status;
  };
  const settled = async (device: string): Promise<RecorderStatus> => {
    await recorders.settle(device);
    return statusOf(device);
  };
  return {
    list: os.recorders.list.handler(() => recorders.statuses()),
    start: os.recorders.start.handler(({ input, context }) => {
      devices.setEnabled(input.device, true, context.actor);
      return settled(input.device);
    }),
    stop: os.recorders.stop.handler(({ input, context }) => {
      devices.setEnabled(input.device, false, context.actor);
      return settled(input.device);
    }),
    pause: os.recorders.pause.handler(({ input, context }) => {
      devices.pause(input.device, Date.parse(input.until), context.actor);
      return settled(input.device);
    }),
    resume: os.recorders.resume.handler(({ input, context }) => {
      devices.resume(input.device, context.actor);
      return settled(input.device);
    }),
    setSchedule: os.recorders.setSchedule.handler(async ({ input, context }) => {
      const device = devices.setSchedule(input.device, input.schedule, context.actor);
      await recorders.settle(input.device);
      return device;
    }),
    previewSchedule: os.recorders.previewSchedule.handler(({ input }) => {
      const fromMs = Date.parse(input.from);
      const toMs = Date.parse(input.to);
      if (!(toMs > fromMs && toMs - fromMs <= LONGEST_PREVIEW_MS)) {
        throw new InvalidValueError('to', 'expected an instant after `from`, at most 31 days');
      }
      const { spans, positionUnknown } = scheduling.preview(input.schedule, fromMs, toMs);
      return {
        spans: spans.map((span) => ({ from: toInstant(span.fromMs), to: toInstant(span.toMs) })),
        warning: positionUnknown ? ('position_unknown' as const) : null,
      };
    }),
    levels: os.recorders.levels.handler(({ input, signal }) =>
      live.levels(input.device, signal ?? new AbortController().signal),
    ),
  };
}
