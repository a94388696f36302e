import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LivePorts } from '@main/live/live-ports';
import { liveSender } from '@main/recorder/capture-command';
import type { CaptureConfig } from '@main/recorder/capture-config';
import {
  type BareCapture,
  recordedWithoutLive,
  startBareCapture,
} from '../../support/bare-capture';

const RATE = 192_000;
/** How much is recorded in each trial, and how long a very busy machine may take for it. */
const SOUND_S = 2.5;
const PATIENCE = { timeout: 30_000, interval: 50 };

const config: CaptureConfig = {
  device: 'mic',
  workspace: 'mic',
  input: { type: 'noise', seed: 7 },
  sampleRateHz: RATE,
  channels: 1,
  format: 'S24LE',
  raw: true,
  processed: true,
  live: true,
  gainDb: 6,
  highpassHz: 80,
  segmentDurationS: 1,
};

const ports = new LivePorts(() => new Set());
/** Taking a network to pieces needs a network of one's own. */
const OWN_NETWORK = spawnSync('unshare', ['-n', 'true']).status === 0;
const SLOW_NETWORK =
  OWN_NETWORK && spawnSync('unshare', ['-n', 'tc', 'qdisc', 'show']).status === 0;

/** Another program; it says a word when it is ready. */
async function program(source: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return child;
}

const listener = (port: number, onMessage: string): string =>
  `const socket = require('node:dgram').createSocket('udp4');
   socket.on('message', (message, from) => { ${onMessage} });
   socket.bind(${String(port)}, '127.0.0.1', () => console.log('ready'));`;

/** Sends as fast as it can, but leaves the processors to others. */
const flood = (port: number): string =>
  `require('node:os').setPriority(19);
   const socket = require('node:dgram').createSocket('udp4');
   const noise = Buffer.alloc(1472, 0x55);
   const more = () => socket.send(noise, ${String(port)}, '127.0.0.1', more);
   for (let i = 0; i < 32; i++) more();
   console.log('ready');`;

describe('both recorded streams, while the live stream', () => {
  let expected: Record<'raw' | 'processed', Buffer>;

  beforeAll(async () => {
    expected = await recordedWithoutLive(config, 30);
  });

  async function record(options: { port?: number; within?: string } = {}): Promise<BareCapture> {
    const livePort = options.port ?? (await ports.freeUdpPort());
    const { within } = options;
    const capture = startBareCapture(config, {
      livePort,
      ...(within === undefined ? {} : { within }),
    });
    await recorded(capture);
    return capture;
  }

  /** Waits for the sound: a live stream that holds up the others lets this fail. */
  async function recorded(capture: BareCapture): Promise<void> {
    await vi.waitFor(() => {
      expect(capture.process.exitCode, capture.log()).toBeNull();
      expect(capture.recordedBytes('raw')).toBeGreaterThan(SOUND_S * RATE * 3);
    }, PATIENCE);
  }

  /** Each sample the very one, none missing, and a proper end within what SIGINT is given. */
  async function expectUndisturbed(capture: BareCapture): Promise<void> {
    expect(capture.process.exitCode, capture.log()).toBeNull();
    const { tookMs } = await capture.stop();
    expect(tookMs).toBeLessThan(4_000);
    expect(capture.log()).toContain('Exiting normally');
    for (const [stream, rate, bytes] of [
      ['raw', RATE, 3],
      ['processed', 48_000, 2],
    ] as const) {
      const samples = await capture.samples(stream);
      // What is held back when it is stopped is less than a tenth of a second.
      expect(samples.length, stream).toBeGreaterThan((SOUND_S - 0.1) * rate * bytes);
      expect(samples.equals(expected[stream].subarray(0, samples.length)), stream).toBe(true);
    }
  }

  it('is heard by nobody, and each datagram refused', async () => {
    await expectUndisturbed(await record());
  });

  it('goes to a reader that never reads', async () => {
    const port = await ports.freeUdpPort();
    const reader = await program(listener(port, ''));
    reader.kill('SIGSTOP');
    await expectUndisturbed(await record({ port }));
  });

  it('goes to a stranger who has the port and shouts back', async () => {
    const port = await ports.freeUdpPort();
    const shout = `for (let i = 0; i < 20; i++) socket.send(message, from.port, from.address);`;
    await program(listener(port, shout));
    await expectUndisturbed(await record({ port }));
  });

  it('goes through a loopback that others flood', async () => {
    const port = await ports.freeUdpPort();
    const deaf = await program(listener(port, ''));
    deaf.kill('SIGSTOP');
    await program(flood(port));
    await expectUndisturbed(await record({ port }));
  });

  it.runIf(OWN_NETWORK)('cannot even start: there is no loopback', async () => {
    const capture = await record({ within: '' });
    expect(capture.log()).toContain('Network is unreachable');
    await expectUndisturbed(capture);
  });

  it.runIf(OWN_NETWORK)('loses its network on the way', async () => {
    const breaking = `ip link set lo up
      (sleep 1; ip route flush table local) &`;
    const capture = await record({ within: breaking });
    await vi.waitFor(() => {
      expect(capture.log()).toContain('Recovery failed');
    }, PATIENCE);
    await expectUndisturbed(capture);
  });

  it.runIf(OWN_NETWORK)('may not be sent from its address', async () => {
    // Local routes are what makes 127/8 ours: without them its socket cannot be bound.
    const breaking = 'ip link set lo up; ip route flush table local';
    const capture = await record({ within: breaking });
    expect(capture.log()).toMatch(/Recovery failed|bind failed/);
    await expectUndisturbed(capture);
  });

  it.runIf(SLOW_NETWORK)('is held back by the system, datagram by datagram', async () => {
    const slow = `ip link set lo up
      tc qdisc add dev lo root tbf rate 8kbit burst 1600 limit 1000000`;
    await expectUndisturbed(await record({ within: slow }));
  });

  it('is switched off', async () => {
    const capture = startBareCapture(config, { livePort: null });
    await recorded(capture);
    await expectUndisturbed(capture);
  });
});

describe('a run', () => {
  it('sends its live stream from the address that is its own', async () => {
    const port = await ports.freeUdpPort();
    const heard = spawn(
      process.execPath,
      ['-e', listener(port, `console.log(from.address); socket.close()`)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => {
      heard.kill('SIGKILL');
    });
    let said = '';
    heard.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await once(heard.stdout, 'data');
    const capture = startBareCapture(config, { livePort: port });
    await once(heard, 'exit');
    expect(said.trim().split('\n').at(-1)).toBe(liveSender(capture.runId));
    await capture.stop();
  });
});
