import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { burden, favour, PriorityReader, stepAside } from '@main/process/priority';
import { soon } from '../../support/soon';
import { RUN_TYPESCRIPT } from '../../support/typescript-process';

/** May this test do what only the superuser may? */
const PRIVILEGED = process.getuid?.() === 0;
/** Another user. */
const NOBODY = 65_534;

async function child(
  program = 'sleep',
  args = ['60'],
  options: { detached?: boolean; uid?: number } = {},
): Promise<ChildProcess & { pid: number }> {
  const started = spawn(program, args, { stdio: 'ignore', ...options });
  onTestFinished(() => {
    started.kill('SIGKILL');
  });
  await once(started, 'spawn');
  return started as ChildProcess & { pid: number };
}

const oomScoreAdj = (pid: number): number =>
  Number(readFileSync(`/proc/${String(pid)}/oom_score_adj`, 'utf8'));
const ioClass = (pid: number): string =>
  execFileSync('ionice', ['-p', String(pid)], { encoding: 'utf8' }).trim();
const nices = (pid: number): number[] =>
  readdirSync(`/proc/${String(pid)}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${String(pid)}/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

/** A process with threads of its own, as a capture is: it says when it has all of them. */
async function threaded(): Promise<number> {
  const work = `require('fs').stat('.', () => console.log('ready')); setInterval(() => {}, 1000);`;
  const started = spawn(process.execPath, ['-e', work], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    started.kill('SIGKILL');
  });
  await once(started.stdout, 'data');
  const { pid } = started as ChildProcess & { pid: number };
  expect(nices(pid).length).toBeGreaterThan(4);
  return pid;
}

describe('any other child', () => {
  it('goes behind everything: processor, disk and memory', async () => {
    const pid = await threaded();
    await expect(burden(pid)).resolves.toEqual({ refused: [] });
    expect(new Set(nices(pid))).toEqual(new Set([10]));
    expect(oomScoreAdj(pid)).toBe(500);
    expect(ioClass(pid)).toBe('idle');
  });

  it('is not moved forward where it is further behind already', async () => {
    const { pid } = await child('sh', ['-c', 'echo 800 > /proc/self/oom_score_adj; exec sleep 60']);
    setPriority(pid, 15);
    await soon(() => {
      expect(oomScoreAdj(pid)).toBe(800);
    });
    await burden(pid);
    expect(nices(pid)).toEqual([15]);
    expect(oomScoreAdj(pid)).toBe(800);
  });

  it('that could not be started, or is gone, is passed over', async () => {
    const gone = await child('true', []);
    if (gone.exitCode === null) await once(gone, 'exit');
    for (const pid of [undefined, gone.pid, 2 ** 30]) {
      await expect(burden(pid)).resolves.toEqual({ refused: [] });
    }
  });
});

describe('a capture', () => {
  it.runIf(PRIVILEGED)('goes before everything else, with every thread that it has', async () => {
    const pid = await threaded();
    const { refused } = await favour(pid);
    expect(new Set(nices(pid))).toEqual(new Set([-10]));
    expect(ioClass(pid)).toBe('best-effort: prio 0');
    // A container may be denied the last one even as superuser; then that is told.
    const score = oomScoreAdj(pid);
    expect(refused).toEqual(score === -500 ? [] : [`oom_score_adj stays at ${String(score)}`]);
  });

  it.runIf(PRIVILEGED)('takes its session with it, which the scheduler weighs first', async () => {
    const { pid } = await child('sleep', ['60'], { detached: true });
    await favour(pid);
    expect(readFileSync(`/proc/${String(pid)}/autogroup`, 'utf8')).toMatch(/nice -10$/m);
    const inOurs = await child();
    await favour(inOurs.pid);
    expect(readFileSync('/proc/self/autogroup', 'utf8')).not.toMatch(/nice -10$/m);
  });

  it('is brought down from the raised score that it inherited, as far as is permitted', async () => {
    const { pid } = await child('sh', ['-c', 'echo 200 > /proc/self/oom_score_adj; exec sleep 60']);
    await soon(() => {
      expect(oomScoreAdj(pid)).toBe(200);
    });
    await favour(pid);
    expect(oomScoreAdj(pid)).toBeLessThanOrEqual(0);
  });

  it('that is gone is passed over', async () => {
    const gone = await child('true', []);
    if (gone.exitCode === null) await once(gone, 'exit');
    for (const pid of [gone.pid, 2 ** 30]) {
      await expect(favour(pid)).resolves.toEqual({ refused: [] });
    }
  });

  it('is recorded all the same where there is no ionice', async () => {
    const { pid } = await child();
    vi.stubEnv('PATH', '/nowhere');
    const { refused } = await favour(pid);
    expect(refused).toContain('I/O class: ENOENT');
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });
});

describe('a console without privileges', () => {
  /** Runs a program of ours without a single capability. Still our user, who can read this folder. */
  function unprivileged(program: string): unknown {
    const output = execFileSync(
      'setpriv',
      [
        ...['--bounding-set=-all', '--inh-caps=-all', process.execPath, ...RUN_TYPESCRIPT],
        `import { spawn } from 'node:child_process';
         import { readFileSync } from 'node:fs';
         import { favour, stepAside } from '@main/process/priority';
         const score = (pid) => Number(readFileSync(\`/proc/\${pid}/oom_score_adj\`, 'utf8'));
         ${program}`,
      ],
      { encoding: 'utf8' },
    );
    return JSON.parse(output);
  }

  it.runIf(PRIVILEGED)('stands above its captures, which come down again to where it began', () => {
    const result = unprivileged(`
      const first = await stepAside();
      const again = await stepAside();
      const capture = spawn('sleep', ['20'], { detached: true });
      const inherited = score(capture.pid);
      const { refused } = await favour(capture.pid);
      const favoured = score(capture.pid);
      capture.kill();
      console.log(JSON.stringify({ first, again, own: score(process.pid), inherited, favoured, refused }));
    `);
    expect(result).toEqual({
      first: { own: 200, capture: 0 },
      again: { own: 200, capture: 0 },
      own: 200,
      inherited: 200,
      favoured: 0,
      refused: ['nice stays at 0', 'oom_score_adj stays at 0'],
    });
  });

  it.runIf(PRIVILEGED)('may not touch what belongs to another, and says so', async () => {
    const { pid } = await child('sleep', ['60'], { uid: NOBODY });
    const result = unprivileged(`
      const { refused } = await favour(${String(pid)});
      console.log(JSON.stringify(refused));
    `);
    expect(result).toEqual([
      'nice stays at 0',
      'oom_score_adj stays at 0',
      expect.stringContaining('not permitted') as string,
    ]);
    expect(oomScoreAdj(pid)).toBe(0);
  });
});

describe('this console', () => {
  it('stands at least 200 above the lowest score that it can give a capture', async () => {
    const scores = await stepAside();
    expect(scores!.own - scores!.capture).toBeGreaterThanOrEqual(200);
    expect(oomScoreAdj(process.pid)).toBe(scores!.own);
    expect(await stepAside()).toEqual(scores);
  });
});

describe('the priority that the status shows', () => {
  it('is what the system says, the I/O class a moment after the first look', async () => {
    const { pid } = await child();
    await burden(pid);
    const reader = new PriorityReader();
    expect(reader.read(pid)).toEqual({ pid, nice: 10, oomScoreAdj: 500, ioClass: null });
    await soon(() => {
      expect(reader.read(pid)!.ioClass).toBe('idle');
    });
  });

  it('asks a program for the I/O class once in the life of a process', async () => {
    const { pid } = await child();
    await favour(pid);
    const reader = new PriorityReader();
    reader.read(pid);
    await soon(() => {
      expect(reader.read(pid)!.ioClass).toMatch(/^best-effort \d$/);
    });
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(reader.read(pid)!.ioClass).toMatch(/^best-effort \d$/);
  });

  it('is none for a process that is gone', () => {
    expect(new PriorityReader().read(2 ** 30)).toBeNull();
  });
});
