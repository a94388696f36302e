import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CaptureErrorCode } from '@shared/model/recorder';
import { captureNodeOf } from '@main/devices/capture-node';
import { explainOpenFailure } from '@main/devices/device-access';
import { findHolder } from '@main/devices/device-holder';
import { fakeMachine } from '../../support/file-tree';
import { sampleDevice } from '../../support/sample-device';
import { temporaryFolder } from '../../support/temporary-folder';

const NODE = { card: 1, device: 0 };
/** A card that a thread of pipewire has open. */
const HELD = `
proc/asound/card1/pcm0c/sub0/status:
| state: RUNNING
| owner_pid   : 815
| trigger_time: 123.4
proc/815/status:
| Name:\tdata-loop.0
| Tgid:\t812
proc/815/comm: data-loop.0
proc/812/status:
| Name:\tpipewire
| Tgid:\t812
proc/812/comm: pipewire
`;

describe('who holds a microphone', () => {
  it('is the process whose thread ALSA names', async () => {
    const machine = fakeMachine();
    machine.add(HELD);
    expect(await findHolder(NODE, machine.procRoot)).toEqual({ pid: 812, program: 'pipewire' });
  });

  it('is nobody while it is closed, or another of its captures is open', async () => {
    const machine = fakeMachine();
    machine.add(HELD);
    machine.add('proc/asound/card1/pcm0c/sub0/status: closed');
    machine.add('proc/asound/card1/pcm1c/sub0/status:\n| owner_pid   : 815');
    expect(await findHolder(NODE, machine.procRoot)).toBeNull();
    expect(await findHolder({ card: 9, device: 0 }, machine.procRoot)).toBeNull();
    expect(await findHolder(NODE, join(temporaryFolder(), 'nowhere'))).toBeNull();
  });

  it('is found among the open files where ALSA tells nothing', async () => {
    const machine = fakeMachine();
    machine.add('proc/asound/card1/pcm0c/sub0/status: closed');
    machine.add('proc/40/fd/\nproc/40/comm: bash\nproc/4x/fd/\nproc/41/comm: arecord');
    mkdirSync(join(machine.procRoot, '41/fd'), { recursive: true });
    symlinkSync('/dev/snd/pcmC1D0p', join(machine.procRoot, '41/fd/3'));
    expect(await findHolder(NODE, machine.procRoot)).toBeNull();
    symlinkSync('/dev/snd/pcmC1D0c', join(machine.procRoot, '41/fd/4'));
    expect(await findHolder(NODE, machine.procRoot)).toEqual({ pid: 41, program: 'arecord' });
  });

  it('is nobody any more when the process is gone before it is asked for its name', async () => {
    const machine = fakeMachine();
    machine.add(HELD);
    machine.remove('proc/815');
    machine.remove('proc/812');
    expect(await findHolder(NODE, machine.procRoot)).toBeNull();
  });

  it('has a name fit to be shown, whatever it calls itself', async () => {
    const machine = fakeMachine();
    machine.add(HELD);
    writeFileSync(join(machine.procRoot, '812/comm'), 'a\u001b[31m\nb\u202e\n');
    expect((await findHolder(NODE, machine.procRoot))?.program).toBe('a [31m b');
  });

  it('is really found in this machine’s own /proc', async () => {
    // The name of a node, opened by a process of this machine: a file may be anything.
    const child = spawn('sleep', ['20'], { stdio: ['ignore', 'ignore', 'ignore'] });
    onTestFinished(() => {
      child.kill();
    });
    const pid = String(child.pid);
    expect(readlinkSync(`/proc/${pid}/fd/0`)).toBe('/dev/null');
    const machine = fakeMachine();
    machine.add(`proc/asound/card1/pcm0c/sub0/status:\n| owner_pid   : ${pid}`);
    symlinkSync(`/proc/${pid}`, join(machine.procRoot, pid));
    expect(await findHolder(NODE, machine.procRoot)).toEqual({ pid: child.pid, program: 'sleep' });
  });
});

describe('the node behind a PCM', () => {
  it.each<[string | null, number | null, unknown]>([
    ['hw:CARD=Mic,DEV=0', 3, { card: 3, device: 0 }],
    ['hw:3,1', null, { card: 3, device: 1 }],
    ['plughw:2', null, { card: 2, device: 0 }],
    ['hw:CARD=Mic,DEV=2', null, { card: 5, device: 2 }],
    ['hw:Mic', null, { card: 5, device: 0 }],
    ['hw:CARD=Other,DEV=0', null, null],
    ['default', null, null],
    ['hw:../../etc,0', null, null],
    [null, null, null],
  ])('%s on card %s is %j', async (pcm, alsaCardIndex, expected) => {
    const machine = fakeMachine();
    machine.add('proc/asound/Mic -> card5');
    expect(await captureNodeOf({ pcm, alsaCardIndex }, machine.procRoot)).toEqual(expected);
  });
});

function place() {
  const machine = fakeMachine();
  const nodeRoot = temporaryFolder();
  const path = join(nodeRoot, 'pcmC1D0c');
  const groupFile = join(nodeRoot, 'group');
  writeFileSync(groupFile, 'root:x:0:\nevil\nb ad:x:30:\naudio:x:29:pulse,olga\nodd:x:notanumber:');
  const why = (
    code: CaptureErrorCode,
    self = { uid: 1000, groups: [1000], userName: 'field' },
    device = sampleDevice(),
  ): Promise<string | null> =>
    explainOpenFailure(device, code, { procRoot: machine.procRoot, nodeRoot, groupFile, self });
  const node = (mode: number, gid = 29, uid = 0): void => {
    writeFileSync(path, '');
    chownSync(path, uid, gid);
    chmodSync(path, mode);
  };
  return { machine, path, why, node };
}

describe('why a microphone cannot be opened', () => {
  it('is the program that holds it', async () => {
    const { machine, why } = place();
    expect(await why('DEVICE_BUSY')).toBeNull();
    machine.add(HELD);
    expect(await why('DEVICE_BUSY')).toBe('used by pipewire (pid 812)');
  });

  it('is a node that is not there yet', async () => {
    const { why, path } = place();
    const words = `${path} is not there yet: the system has not finished setting the microphone up`;
    expect(await why('PERMISSION_DENIED')).toBe(words);
    expect(await why('DEVICE_GONE')).toBe(words);
  });

  it.runIf(process.getuid?.() === 0)('is a group that the user is no member of', async () => {
    const { why, node } = place();
    node(0o660);
    expect(await why('PERMISSION_DENIED')).toBe(
      'belongs to group audio, of which this user is no member: sudo usermod -aG audio field, then log in again',
    );
    expect(await why('PERMISSION_DENIED', { uid: 1000, groups: [1000], userName: 'olga' })).toBe(
      'belongs to group audio, which this user has joined since logging in: log in again',
    );
    node(0o660, 4242);
    expect(await why('PERMISSION_DENIED')).toContain('usermod -aG 4242 field');
  });

  it.runIf(process.getuid?.() === 0)('is a mode that nobody but root gets past', async () => {
    const { why, node, path } = place();
    node(0o640);
    expect(
      await why('PERMISSION_DENIED', { uid: 1000, groups: [29], userName: 'field' }),
    ).toContain('(mode 640)');
    node(0o600);
    const words = `${path} may not be read and written by this user (mode 600): a udev rule has changed its rights`;
    expect(await why('PERMISSION_DENIED')).toBe(words);
    expect(await why('PERMISSION_DENIED', { uid: 1000, groups: [29], userName: 'field' })).toBe(
      words,
    );
  });

  it.runIf(process.getuid?.() === 0)('is not its node when that may be opened', async () => {
    const { why, node } = place();
    node(0o660);
    for (const self of [
      { uid: 1000, groups: [1000, 29], userName: 'field' },
      { uid: 0, groups: [0], userName: 'root' },
    ]) {
      expect(await why('PERMISSION_DENIED', self)).toBeNull();
    }
    node(0o666);
    expect(await why('PERMISSION_DENIED')).toBeNull();
    node(0o600, 0, 1000);
    expect(await why('PERMISSION_DENIED')).toBeNull();
    node(0o640, 0, 1000);
    expect(await why('PERMISSION_DENIED')).toBeNull();
  });

  it('is a rate that it does not offer, with those that it does', async () => {
    const { why } = place();
    const device = sampleDevice({
      offers: [
        { format: 'S16LE', channels: 1, rates: [384_000] },
        { format: 'S24LE', channels: 2, rates: { min: 8000, max: 96_000 } },
      ],
    });
    for (const code of ['RATE_NOT_OFFERED', 'CHANNELS_NOT_OFFERED', 'FORMAT_NOT_OFFERED'] as const)
      expect(await why(code, undefined, device)).toBe(
        'offers 384000 Hz, 1 ch, S16LE; 8000–96000 Hz, 2 ch, S24LE',
      );
    const many = Array.from({ length: 64 }, (_, n) => ({
      format: 'S16LE' as const,
      channels: n + 1,
      rates: [48_000],
    }));
    expect(
      (await why('RATE_NOT_OFFERED', undefined, sampleDevice({ offers: many })))?.length,
    ).toBeLessThan(200);
    expect(await why('RATE_NOT_OFFERED', undefined, sampleDevice({ offers: [] }))).toBeNull();
  });

  it('is not known for a simulated microphone, or for other failures', async () => {
    const { why } = place();
    const simulated = sampleDevice({ kind: 'simulated', pcm: null, alsaCardIndex: null });
    expect(await why('DEVICE_BUSY', undefined, simulated)).toBeNull();
    expect(await why('PERMISSION_DENIED', undefined, simulated)).toBeNull();
    expect(await why('STALLED')).toBeNull();
  });

  it('can be asked about this machine', async () => {
    expect(
      await explainOpenFailure(sampleDevice({ alsaCardIndex: 77 }), 'PERMISSION_DENIED'),
    ).toMatch(/^\/dev\/snd\/pcmC77D0c is not there yet/);
  });
});
