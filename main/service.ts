import type { ServiceStatus } from '@shared/model/station';

export type { ServiceStatus };

/** The state of a service whose life is one loop. */
export function loopState(loop: {
  readonly stopping: AbortSignal;
  readonly started: boolean;
  readonly well: boolean;
}): ServiceStatus['state'] {
  if (loop.stopping.aborted) return 'stopped';
  if (!loop.started) return 'starting';
  return loop.well ? 'ok' : 'degraded';
}

/** A part of the station with a life of its own. `start` and `stop` are safe to call twice. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  status(): ServiceStatus;
}
