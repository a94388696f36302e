import type { ServiceStatus } from '@shared/model/station';

export type { ServiceStatus };

/** A part of the station with a life of its own. `start` and `stop` are safe to call twice. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  status(): ServiceStatus;
}
