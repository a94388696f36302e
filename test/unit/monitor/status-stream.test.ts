import { describe, expect, it, vi } from 'vitest';
import type { StationSnapshot } from '@shared/model/station';
import { createEventBus, type EventBus } from '@main/events/bus';
import { StatusStream } from '@main/monitor/status-stream';
import { FakeClock, settle } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { sampleSnapshot } from '../../support/sample-snapshot';

interface Told {
  readonly atMs: number;
  readonly total: number;
}

/** A station whose only fact is how many recordings it has. */
function setUp() {
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const state = { total: 0, uptimeS: 0, fails: false };
  const snapshot = vi.fn((): Promise<StationSnapshot> => {
    if (state.fails) return Promise.reject(new Error('the disk is gone'));
    state.uptimeS += 1;
    const sample = sampleSnapshot({ recordings: { total: state.total, lastIndexedAt: null } });
    return Promise.resolve({ ...sample, station: { ...sample.station, uptimeS: state.uptimeS } });
  });
  const stream = new StatusStream({ clock, bus, logger, snapshot });
  const start = clock.monotonicMs();
  const change = (): void => {
    state.total += 1;
    bus.emit('recording.indexed', {
      id: state.total,
      device: 'mic',
      time: '2026-05-01T12:00:00.000Z',
      source: 'recorder',
    });
  };
  const read = async () => {
    const abort = new AbortController();
    const told: Told[] = [];
    const done = (async () => {
      for await (const { recordings } of stream.watch(abort.signal)) {
        told.push({ atMs: clock.monotonicMs() - start, total: recordings.total });
      }
    })();
    await settle();
    return { told, abort, done };
  };
  return { clock, bus, logger, state, snapshot, stream, change, read };
}

function listeners(bus: EventBus): number {
  return bus.eventNames().reduce((sum, event) => sum + bus.listenerCount(event), 0);
}

describe('the status stream', () => {
  it('tells the present state at once', async () => {
    const { read } = setUp();
    const { told } = await read();
    expect(told).toEqual([{ atMs: 0, total: 0 }]);
  });

  it('tells of a change at once when it has been quiet', async () => {
    const { read, clock, change } = setUp();
    const { told } = await read();
    await clock.advance(2700);
    change();
    await settle();
    expect(told).toEqual([
      { atMs: 0, total: 0 },
      { atMs: 2700, total: 1 },
    ]);
  });

  it('tells of a change that no event told of within a second', async () => {
    const { read, clock, state } = setUp();
    const { told } = await read();
    await clock.advance(2000);
    state.total = 7;
    await clock.advance(1000);
    expect(told.at(-1)).toMatchObject({ total: 7 });
  });

  it('tells no more than twice a second, whatever goes on, and the last state in the end', async () => {
    const { read, clock, change, state } = setUp();
    const { told } = await read();
    await clock.advance(130);
    for (let n = 0; n < 300; n++) {
      change();
      await clock.advance(17);
    }
    await clock.advance(1000);
    for (const [i, { atMs }] of told.entries()) {
      const withinASecond = told.slice(i).filter((later) => later.atMs - atMs < 1000);
      expect(withinASecond.length).toBeLessThanOrEqual(2);
    }
    expect(told.length).toBeGreaterThan(8);
    expect(told.at(-1)!.total).toBe(state.total);
  });

  it('keeps to that for a reader that joins later, too', async () => {
    const { read, clock, change } = setUp();
    await read();
    await clock.advance(730);
    change();
    await settle();
    await clock.advance(100);
    const { told } = await read();
    for (let n = 0; n < 100; n++) {
      change();
      await clock.advance(33);
    }
    for (const [i, { atMs }] of told.entries()) {
      expect(told.slice(i).filter((later) => later.atMs - atMs < 1000).length).toBeLessThanOrEqual(
        2,
      );
    }
  });

  it('says every five seconds at the latest that it is still there', async () => {
    const { read, clock } = setUp();
    const { told } = await read();
    // Odd steps, so that its looks do not fall on round times.
    for (let n = 0; n < 200; n++) await clock.advance(173);
    const pauses = told.slice(1).map(({ atMs }, i) => atMs - told[i]!.atMs);
    expect(pauses.length).toBeGreaterThan(5);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
    // And no more than that: nothing changed.
    expect(told.length).toBeLessThan(12);
  });

  it('says so in time also when an event has shifted its looks', async () => {
    const { read, clock, bus } = setUp();
    const { told } = await read();
    await clock.advance(2900);
    bus.emit('device.changed', { name: 'mic' });
    await settle();
    await clock.advance(20_000);
    const pauses = told.slice(1).map(({ atMs }, i) => atMs - told[i]!.atMs);
    expect(pauses.length).toBeGreaterThan(3);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
  });

  it('says so in time also while events come that change nothing', async () => {
    const { read, clock, bus } = setUp();
    const { told } = await read();
    for (let n = 0; n < 100; n++) {
      bus.emit('device.changed', { name: 'mic' });
      await settle();
      await clock.advance(271);
    }
    const pauses = told.slice(1).map(({ atMs }, i) => atMs - told[i]!.atMs);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
  });

  it('looks once for all its readers', async () => {
    const { read, clock, snapshot } = setUp();
    const readers = [await read(), await read(), await read()];
    snapshot.mockClear();
    await clock.advance(3000);
    expect(snapshot.mock.calls.length).toBeLessThanOrEqual(4);
    expect(readers.map(({ told }) => told.length)).toEqual([1, 1, 1]);
  });

  it('does nothing at all when nobody reads', async () => {
    const { read, clock, snapshot, bus, stream } = setUp();
    const [first, second] = [await read(), await read()];
    await clock.advance(1000);
    first.abort.abort();
    await first.done;
    await clock.advance(2000);
    expect(stream.readers).toBe(1);
    second.abort.abort();
    await second.done;
    await clock.advance(1000);
    expect(stream.readers).toBe(0);
    expect(listeners(bus)).toBe(0);
    expect(clock.sleeping).toBe(0);
    snapshot.mockClear();
    await clock.advance(60_000);
    expect(snapshot).not.toHaveBeenCalled();
  });

  it('begins again for whoever comes after the last has left', async () => {
    const { read, clock, change } = setUp();
    for (let n = 0; n < 3; n++) {
      const { told, abort, done } = await read();
      await clock.advance(1500);
      change();
      await clock.advance(1000);
      expect(told.map((one) => one.total)).toEqual([n, n + 1]);
      abort.abort();
      await done;
    }
  });

  it('serves a reader that comes while the last one is leaving', async () => {
    const { read, clock, change, stream } = setUp();
    const first = await read();
    await clock.advance(600);
    first.abort.abort();
    const second = await read();
    await clock.advance(1200);
    change();
    await clock.advance(1000);
    expect(second.told.at(-1)).toMatchObject({ total: 1 });
    expect(stream.readers).toBe(1);
  });

  it('serves the next when one left before its first snapshot was made', async () => {
    const { read, clock, change, bus, stream } = setUp();
    const abort = new AbortController();
    const first = stream.watch(abort.signal).next();
    abort.abort();
    expect((await first).done).toBe(true);
    await clock.advance(1000);
    expect(listeners(bus)).toBe(0);
    const second = await read();
    await clock.advance(1000);
    change();
    await clock.advance(1000);
    expect(second.told.at(-1)).toMatchObject({ total: 1 });
  });

  it('keeps one snapshot, the latest, for a reader that is busy', async () => {
    const { stream, clock, change, state } = setUp();
    const abort = new AbortController();
    const reader = stream.watch(abort.signal);
    await reader.next();
    for (let n = 0; n < 50; n++) {
      change();
      await clock.advance(600);
    }
    const next = reader.next();
    await clock.advance(500);
    expect((await next).value).toMatchObject({ recordings: { total: state.total } });
    const more = reader.next();
    await clock.advance(600);
    change();
    await clock.advance(600);
    expect((await more).value).toMatchObject({ recordings: { total: state.total } });
    abort.abort();
  });

  it('forgets a busy reader whose signal aborts, although it never comes back', async () => {
    const { stream, clock, bus } = setUp();
    const abort = new AbortController();
    await stream.watch(abort.signal).next();
    abort.abort();
    expect(stream.readers).toBe(0);
    await clock.advance(1000);
    expect(listeners(bus)).toBe(0);
  });

  it('outlives a snapshot that fails', async () => {
    const { read, clock, state, logger, change } = setUp();
    const { told } = await read();
    await clock.advance(1000);
    state.fails = true;
    await clock.advance(3000);
    expect(logger.events()).toContain('status.failed');
    state.fails = false;
    change();
    await clock.advance(1000);
    expect(told.at(-1)).toMatchObject({ total: 1 });
  });

  it('tells a reader when its first snapshot fails, and forgets it', async () => {
    const { stream, state } = setUp();
    state.fails = true;
    await expect(stream.watch(new AbortController().signal).next()).rejects.toThrow(
      'the disk is gone',
    );
    expect(stream.readers).toBe(0);
  });
});
