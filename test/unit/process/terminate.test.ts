import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Clock } from '@main/clock/clock';
import { identifyProcess, isAlive, type ProcessIdentity } from '@main/process/identity';
import { terminate } from '@main/process/terminate';

/** Time passes only under signals that go unheard: one that is heard may take a busy machine as long as it likes. */
function whileDeafTo(...signals: string[]): Clock {
  const { mock } = vi.spyOn(process, 'kill');
  let nowMs = 0;
  return {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      await delay(1);
      if (signals.includes(String(mock.lastCall?.[1]).slice('SIG'.length))) nowMs += ms;
      return true;
    },
  };
}

/** A real process that pays no heed to these signals. */
async function deafTo(
  ...signals: string[]
): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const program = `trap '' ${signals.join(' ')} HUP; echo ready; while :; do sleep 0.01; done`;
  const child = spawn('sh', ['-c', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return { child, identity: (await identifyProcess(child.pid!))! };
}

describe('ending a process', () => {
  it.each([
    { deaf: [], by: 'SIGINT' },
    { deaf: ['INT'], by: 'SIGTERM' },
    { deaf: ['INT', 'TERM'], by: 'SIGKILL' },
  ])('that is deaf to $deaf takes $by', async ({ deaf, by }) => {
    const { identity } = await deafTo(...deaf);
    expect(await terminate(identity, whileDeafTo(...deaf))).toBe(by);
    expect(await isAlive(identity)).toBe(false);
  });

  it('leaves each signal its time before the next', async () => {
    const { identity } = await deafTo('INT', 'TERM');
    const clock = whileDeafTo('INT', 'TERM');
    const kill = vi.spyOn(process, 'kill');
    await terminate(identity, clock);
    // Five seconds for SIGINT, three for SIGTERM.
    expect(clock.monotonicMs()).toBe(8000);
    expect(kill.mock.calls).toEqual([
      [identity.pid, 'SIGINT'],
      [identity.pid, 'SIGTERM'],
      [identity.pid, 'SIGKILL'],
    ]);
  });

  it('that has ended by itself does nothing', async () => {
    const { child, identity } = await deafTo();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const clock = whileDeafTo();
    const kill = vi.spyOn(process, 'kill');
    expect(await terminate(identity, clock)).toBe('gone');
    expect(kill).not.toHaveBeenCalled();
  });

  it('leaves another one alone that has its number now', async () => {
    const { identity } = await deafTo();
    const before = { ...identity, startTicks: identity.startTicks - 100 };
    expect(await terminate(before, whileDeafTo())).toBe('gone');
    expect(await isAlive(identity)).toBe(true);
  });

  it('admits that it may not end it', async () => {
    const { identity } = await deafTo();
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    expect(await terminate(identity, whileDeafTo())).toBe('nothing');
  });

  it('admits that even the last signal did nothing', async () => {
    const { identity } = await deafTo();
    vi.spyOn(process, 'kill').mockReturnValue(true);
    expect(await terminate(identity, whileDeafTo('INT', 'TERM', 'KILL'))).toBe('nothing');
  });
});
