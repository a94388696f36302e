import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '@main/events/bus';
import { topicsOf } from '@main/monitor/change-topics';
import { settle } from '../../support/fake-clock';

function listeners(bus: EventBus): number {
  return bus.eventNames().reduce((sum, event) => sum + bus.listenerCount(event), 0);
}

const recording = (id: number) => ({
  id,
  device: 'mic',
  time: '2026-05-01T12:00:00.000Z',
  source: 'recorder' as const,
});

describe('what changed', () => {
  it('is told by its topic', async () => {
    const bus = createEventBus();
    const abort = new AbortController();
    const topics = topicsOf(bus, abort.signal);
    const told: string[] = [];
    const done = (async () => {
      for await (const { topic } of topics) told.push(topic);
    })();
    await settle();
    bus.emit('device.changed', { name: 'mic' });
    await settle();
    bus.emit('recording.indexed', recording(1));
    await settle();
    bus.emit('profile.changed', { slug: 'a' });
    bus.emit('settings.changed', { keys: [] });
    await settle();
    bus.emit('recorder.changed', { device: 'mic' }); // in the status already
    await settle();
    abort.abort();
    await done;
    expect(told).toEqual(['devices', 'recordings', 'profiles', 'settings']);
  });

  it('is told once to a reader that was busy, however often it changed', async () => {
    const bus = createEventBus();
    const abort = new AbortController();
    const topics = topicsOf(bus, abort.signal);
    const first = topics.next();
    for (let id = 1; id <= 1000; id++) bus.emit('recording.indexed', recording(id));
    bus.emit('device.changed', { name: 'mic' });
    expect((await first).value).toEqual({ topic: 'recordings' });
    expect((await topics.next()).value).toEqual({ topic: 'devices' });
    const next = topics.next();
    await settle();
    abort.abort();
    expect((await next).done).toBe(true);
  });

  it('leaves no listener behind when its reader leaves while it waits', async () => {
    const bus = createEventBus();
    const abort = new AbortController();
    const next = topicsOf(bus, abort.signal).next();
    await settle();
    expect(listeners(bus)).toBe(13);
    abort.abort();
    expect((await next).done).toBe(true);
    expect(listeners(bus)).toBe(0);
  });

  it('leaves no listener behind when its reader was busy and never comes back', async () => {
    const bus = createEventBus();
    const abort = new AbortController();
    const topics = topicsOf(bus, abort.signal);
    const first = topics.next();
    bus.emit('device.changed', { name: 'mic' });
    await first;
    abort.abort();
    expect(listeners(bus)).toBe(0);
  });

  it('leaves no listener behind when its reader leaves of its own accord', async () => {
    const bus = createEventBus();
    const topics = topicsOf(bus, new AbortController().signal);
    const first = topics.next();
    bus.emit('device.changed', { name: 'mic' });
    await first;
    await topics.return();
    expect(listeners(bus)).toBe(0);
  });
});
