import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Level } from '@shared/model/level';
import { createEventBus } from '@main/events/bus';
import type { LiveRun } from '@main/live/live-socket';
import { LiveStreams } from '@main/live/live-streams';
import { LivePorts } from '@main/live/live-ports';
import { liveSender } from '@main/recorder/capture-command';
import { FakeClock, settle } from '../../support/fake-clock';
import { liveSenderFrom, takenPort } from '../../support/live-sender';
import { recordingLogger } from '../../support/recording-logger';
import { soon } from '../../support/soon';

const ports = new LivePorts(() => new Set());

/** A tenth of a second of one value in every channel, in datagrams of 10 ms. */
function tenth(value: number, channels = 1): Buffer[] {
  const datagram = Buffer.from(new Int16Array(480 * channels).fill(value).buffer);
  return Array.from({ length: 10 }, () => datagram);
}

function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

async function stage({ run = true }: { run?: boolean } = {}) {
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const first: LiveRun = { runId: '0a1b2c3d', port: await ports.freeUdpPort(), channels: 1 };
  const present: { run: LiveRun | null } = { run: run ? first : null };
  const streams = new LiveStreams({
    known: (device) => device === 'mic',
    port: () => present.run,
    sender: liveSender,
    bus,
    clock,
    logger,
  });
  const watch = () => {
    const controller = new AbortController();
    onTestFinished(() => {
      controller.abort();
    });
    const levels = streams.levels('mic', controller.signal);
    return { levels, controller };
  };
  const changeTo = (next: LiveRun | null): void => {
    present.run = next;
    bus.emit('recorder.changed', { device: 'mic' });
  };
  return { clock, bus, logger, first, present, streams, watch, changeTo };
}

/** A tenth of a second is sent again and again until the reader hears of it. */
async function nextLevel(
  reading: Promise<IteratorResult<Level, void>>,
  say: () => Promise<void>,
): Promise<Level> {
  let result: IteratorResult<Level, void> | null = null;
  void reading.then((item) => (result = item));
  await soon(async () => {
    await say();
    await settle();
    expect(result).not.toBeNull();
  });
  return (await reading).value as Level;
}

async function voiceOf(run: LiveRun, value: number): Promise<() => Promise<void>> {
  const send = await liveSenderFrom(liveSender(run.runId));
  return async () => {
    for (const datagram of tenth(value, run.channels)) await send(run.port, datagram);
  };
}

describe('the live levels of a device', () => {
  it('say how loud it is and when', async () => {
    const { first, watch } = await stage();
    const level = await nextLevel(watch().levels.next(), await voiceOf(first, 3277));
    expect(level.device).toBe('mic');
    expect(level.at).toBe('2026-05-01T12:00:00.000Z');
    expect(level.channels).toHaveLength(1);
    expect(level.channels[0]!.peakDbfs).toBeCloseTo(-20, 1);
  });

  it('are refused at once for a device that does not exist', async () => {
    const { streams } = await stage();
    expect(() => streams.levels('nobody', new AbortController().signal)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });

  it('open nothing until somebody watches, one socket for all, and none after the last has left', async () => {
    const { first, watch, streams } = await stage();
    const say = await voiceOf(first, 1000);
    const before = sockets();
    const readers = Array.from({ length: 5 }, watch);
    expect(sockets()).toBe(before);
    await Promise.all(readers.map(({ levels }) => nextLevel(levels.next(), say)));
    expect(sockets()).toBe(before + 1);
    for (const { controller } of readers.slice(1)) controller.abort();
    expect(sockets()).toBe(before + 1);
    await readers[0]!.levels.return();
    await settle();
    expect(sockets()).toBe(before);
    expect(streams.readers('mic')).toBe(0);
  });

  it('end with the signal, also for a reader that never comes back to ask', async () => {
    const { first, watch } = await stage();
    const before = sockets();
    const waiting = watch();
    const stuck = watch();
    await nextLevel(stuck.levels.next(), await voiceOf(first, 1000));
    const next = waiting.levels.next();
    waiting.controller.abort();
    await expect(next).resolves.toEqual({ done: true, value: undefined });
    stuck.controller.abort();
    await settle();
    expect(sockets()).toBe(before + 1); // the voice's own
    await expect(stuck.levels.next()).resolves.toMatchObject({ done: true });
  });

  it('can be watched again at once after they were left', async () => {
    const { first, watch, logger } = await stage();
    const say = await voiceOf(first, 1000);
    for (let round = 0; round < 5; round++) {
      const { levels, controller } = watch();
      await nextLevel(levels.next(), say);
      controller.abort();
    }
    expect(logger.events()).toEqual([]);
  });

  it('follow the device into its next run, with another port and more channels', async () => {
    const { first, watch, changeTo } = await stage();
    const { levels } = watch();
    await nextLevel(levels.next(), await voiceOf(first, 1000));
    const second = { runId: 'ffffffff', port: await ports.freeUdpPort(), channels: 2 };
    changeTo(second);
    const say = await voiceOf(second, 3277);
    let level = await nextLevel(levels.next(), say);
    while (level.channels.length === 1) level = await nextLevel(levels.next(), say);
    expect(level.channels.map(({ peakDbfs }) => Math.round(peakDbfs))).toEqual([-20, -20]);
  });

  it('find the next run without an event a second later', async () => {
    const { first, watch, present, clock } = await stage({ run: false });
    const before = sockets();
    const reading = watch().levels.next();
    await settle();
    expect(sockets()).toBe(before);
    present.run = first;
    await clock.advance(1_000);
    await nextLevel(reading, await voiceOf(first, 1000));
  });

  it('close the socket while the device does not record', async () => {
    const { first, watch, changeTo } = await stage();
    const { levels } = watch();
    const say = await voiceOf(first, 1000);
    const before = sockets();
    await nextLevel(levels.next(), say);
    changeTo(null);
    await settle();
    expect(sockets()).toBe(before);
  });

  it('pass over what comes from elsewhere, is empty, or is no whole frame', async () => {
    const { first, watch, changeTo } = await stage();
    const stereo = { ...first, runId: '0b0b0b0b', channels: 2 };
    changeTo(stereo);
    const { levels } = watch();
    const reading = levels.next();
    const stranger = await liveSenderFrom('127.0.0.1');
    const send = await liveSenderFrom(liveSender(stereo.runId));
    const say = await voiceOf(stereo, 328);
    const level = await nextLevel(reading, async () => {
      for (const loud of tenth(32_767, 2)) await stranger(stereo.port, loud);
      for (const size of [0, 1, 2, 3, 1471]) await send(stereo.port, Buffer.alloc(size, 0x7f));
      await say();
    });
    expect(level.channels.map(({ peakDbfs }) => Math.round(peakDbfs))).toEqual([-40, -40]);
  });

  it('take datagrams of any size that holds whole frames', async () => {
    const { first, watch } = await stage();
    const send = await liveSenderFrom(liveSender(first.runId));
    const large = Buffer.from(new Int16Array(32_000).fill(3277).buffer);
    const level = await nextLevel(watch().levels.next(), () => send(first.port, large));
    expect(level.channels[0]!.peakDbfs).toBeCloseTo(-20, 1);
  });

  it('wait for a port that somebody else has, and say so once', async () => {
    const { first, watch, clock, logger } = await stage();
    const other = await takenPort(first.port);
    const reading = watch().levels.next();
    await soon(() => {
      expect(logger.events()).toEqual(['live.unavailable']);
    });
    for (let second = 0; second < 5; second++) await clock.advance(1_000);
    expect(logger.events()).toEqual(['live.unavailable']);
    await other.release();
    await clock.advance(1_000);
    await nextLevel(reading, await voiceOf(first, 1000));
  });

  it('leave no loop behind when nobody watches', async () => {
    const { watch, clock } = await stage();
    const { levels, controller } = watch();
    const reading = levels.next();
    await settle();
    expect(clock.sleeping).toBe(1);
    controller.abort();
    await reading;
    await settle();
    expect(clock.sleeping).toBe(0);
  });
});

describe('the live sound of a device', () => {
  it('comes as the samples that were sent, to each reader', async () => {
    const { first, streams } = await stage();
    const { signal } = new AbortController();
    const send = await liveSenderFrom(liveSender(first.runId));
    const readers = [streams.pcm('mic', signal), streams.pcm('mic', signal)];
    const reading = readers.map((reader) => reader.next());
    const sound = Int16Array.of(1, -2, 32_767, -32_768);
    await soon(async () => {
      await send(first.port, Buffer.from(sound.buffer));
      await settle();
      expect(streams.readers('mic')).toBe(2);
    });
    for (const { value } of await Promise.all(reading)) {
      expect(value).toMatchObject({ runId: first.runId, channels: 1 });
      expect((value as { samples: Int16Array }).samples).toEqual(sound);
    }
    await Promise.all(readers.map((reader) => reader.return()));
  });
});

describe('the address that a run sends from', () => {
  it('is on the loopback, never one that is bound by habit, and another one for another run', () => {
    const addresses = ['00000000', 'ffffffff', '0a1b2c3d', '0a1b2d3d'].map(liveSender);
    expect(addresses).toEqual(['127.1.0.1', '127.2.255.2', '127.11.27.45', '127.11.27.46']);
  });
});
