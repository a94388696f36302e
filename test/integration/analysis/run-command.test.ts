import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCommand } from '@main/analysis/run-command';
import type { Clock } from '@main/clock/clock';
import { FakeClock } from '../../support/fake-clock';
import { fastClock } from '../../support/fast-clock';
import { temporaryFolder } from '../../support/temporary-folder';

/** A program that leaves its group, holds on to the output it was given, and says who it is. */
function daemon(pidFile: string, then: string): { program: string; args: string[] } {
  onTestFinished(() => {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  });
  const child = `setsid sh -c 'echo $$ > "$0"; exec sleep 600' "${pidFile}" &`;
  const started = `until [ -s "${pidFile}" ]; do sleep 0.01; done`;
  return { program: 'sh', args: ['-c', `${child} ${started}; ${then}`] };
}

/** Runs it for ever, or for 20 seconds of this clock. `started`: when its daemon lives. */
function start(clock: Clock, signal = new AbortController().signal) {
  const pidFile = join(temporaryFolder(), 'pid');
  const running = runCommand(daemon(pidFile, 'sleep 600'), { timeoutMs: 20_000, clock, signal });
  const started = () =>
    vi.waitFor(
      () => {
        expect(readFileSync(pidFile, 'utf8')).toMatch(/\d\n/);
      },
      { timeout: 30_000 },
    );
  return { running, started };
}

describe('a command that leaves a daemon behind', () => {
  it('has ended when it has exited, with what it said until then', async () => {
    const command = daemon(join(temporaryFolder(), 'pid'), 'echo "[]"');
    const limits = {
      timeoutMs: 600_000,
      clock: fastClock(20),
      signal: new AbortController().signal,
    };
    expect(await runCommand(command, limits)).toBe('[]\n');
  });

  it('is over when its time is', async () => {
    const clock = new FakeClock();
    const { running, started } = start(clock);
    const refused = expect(running).rejects.toThrow('took longer than 20 s');
    await started();
    await clock.advance(20_000);
    await refused;
  });

  it('ends with the station', async () => {
    const stop = new AbortController();
    const { running, started } = start(new FakeClock(), stop.signal);
    const aborted = expect(running).rejects.toThrow('abort');
    await started();
    stop.abort();
    await aborted;
  });
});
