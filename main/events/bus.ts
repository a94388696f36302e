import { EventEmitter } from 'node:events';
import type { Recording } from '@shared/model/recording';
import type { PromotedSegment } from './promoted-segment';

/** What services tell each other. A lost event costs latency, never correctness. */
export interface StationEvents {
  'segment.promoted': [segment: PromotedSegment];
  'recording.indexed': [recording: Pick<Recording, 'id' | 'device' | 'time'>];
  'device.changed': [change: { name: string }];
  'profile.changed': [change: { slug: string }];
  'settings.changed': [change: { keys: readonly string[] }];
  'recorder.changed': [change: { device: string }];
  'alert.changed': [change: { code: string }];
}

export type EventBus = EventEmitter<StationEvents>;

export function createEventBus(): EventBus {
  const bus = new EventEmitter<StationEvents>();
  bus.setMaxListeners(0);
  return bus;
}
