import type { ChangeTopic } from '@shared/model/station';
import type { EventBus, StationEvents } from '../events/bus';

const TOPIC_OF: Readonly<Partial<Record<keyof StationEvents, ChangeTopic>>> = {
  'device.changed': 'devices',
  'recording.indexed': 'recordings',
  'profile.changed': 'profiles',
  'settings.changed': 'settings',
  'recording.retimed': 'recordings',
  'recordings.changed': 'recordings',
  'import.changed': 'imports',
  'alert.changed': 'alerts',
  'coverage.changed': 'coverage',
  'asset.settled': 'assets',
  'remote.changed': 'remotes',
  'upload.settled': 'uploads',
  'janitor.changed': 'janitor',
};

/**
 * What changed, for readers that ask again. Topics that pile up while a reader is busy are told once: it
 * asks for the present state anyway, and a slow one costs no memory.
 */
export async function* topicsOf(
  bus: EventBus,
  signal: AbortSignal,
): AsyncGenerator<{ topic: ChangeTopic }, void> {
  const waiting = new Set<ChangeTopic>();
  let wake: (() => void) | null = null;
  const listeners = Object.entries(TOPIC_OF).map(([event, topic]) => {
    const listener = (): void => {
      waiting.add(topic);
      wake?.();
    };
    bus.on(event as keyof StationEvents, listener);
    return { event: event as keyof StationEvents, listener };
  });
  const abort = (): void => {
    for (const { event, listener } of listeners) bus.off(event, listener);
    wake?.();
  };
  signal.addEventListener('abort', abort);
  try {
    while (!signal.aborted) {
      const [topic] = waiting;
      if (topic === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      waiting.delete(topic);
      yield { topic };
    }
  } finally {
    signal.removeEventListener('abort', abort);
    abort();
  }
}
