import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identifyProcess, isAlive, listCommandLines, readBootId } from '@main/process/identity';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';

async function child(program = 'sleep', args = ['60']): Promise<ChildProcess & { pid: number }> {
  const started = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(() => {
    started.kill('SIGKILL');
  });
  await once(started, 'spawn');
  return started as ChildProcess & { pid: number };
}

describe('a process', () => {
  it('is known as long as it lives', async () => {
    const own = await identifyProcess(process.pid);
    expect(own).toMatchObject({ pid: process.pid, bootId: await readBootId() });
    expect(await isAlive(own!)).toBe(true);
  });

  it('is gone when it was killed', async () => {
    const sleeper = await child();
    const identity = (await identifyProcess(sleeper.pid))!;
    expect(await isAlive(identity)).toBe(true);
    sleeper.kill('SIGKILL');
    await once(sleeper, 'exit');
    expect(await identifyProcess(sleeper.pid)).toBeNull();
    expect(await isAlive(identity)).toBe(false);
  });

  it('is gone when nobody has taken its body away yet', async () => {
    // The shell becomes a sleep that will never wait for the child it was given.
    const parent = await child('sh', ['-c', 'sleep 0 & exec sleep 60']);
    const children = `/proc/${parent.pid}/task/${parent.pid}/children`;
    await soon(async () => {
      const zombie = Number(readFileSync(children, 'utf8').trim());
      expect(zombie).toBeGreaterThan(0);
      expect(readFileSync(`/proc/${zombie}/stat`, 'utf8')).toContain(') Z ');
      expect(await identifyProcess(zombie)).toBeNull();
    });
  });

  it('is not mistaken for one that got the same number later', async () => {
    const sleeper = await child();
    const identity = (await identifyProcess(sleeper.pid))!;
    expect(await isAlive({ ...identity, startTicks: identity.startTicks - 1 })).toBe(false);
  });

  it('is not mistaken for one of an earlier boot', async () => {
    const own = (await identifyProcess(process.pid))!;
    expect(await isAlive({ ...own, bootId: '00000000-0000-0000-0000-000000000000' })).toBe(false);
  });

  it.each(['with space', 'a) R 1 (b', ')))'])('of the name %j is read right', async (name) => {
    const program = join(temporaryFolder(), name);
    copyFileSync('/bin/sleep', program);
    const named = await child(program);
    const before = (await identifyProcess(process.pid))!;
    const identity = (await identifyProcess(named.pid))!;
    expect(identity.startTicks).toBeGreaterThan(before.startTicks);
    expect(await isAlive(identity)).toBe(true);
  });
});

describe('where the system tells nothing', () => {
  it('there is no process', async () => {
    expect(await identifyProcess(1, join(temporaryFolder(), 'proc'))).toBeNull();
  });

  it.each(['', '7 (half', '7 (cut) S 1 2 3', 'nonsense'])(
    'half a line (%j) is no process',
    async (stat) => {
      const proc = temporaryFolder();
      mkdirSync(join(proc, '7'));
      writeFileSync(join(proc, '7', 'stat'), stat);
      expect(await identifyProcess(7, proc)).toBeNull();
    },
  );
});

describe('a process of which only its command line is known', () => {
  it('is found by it, word for word, while it lives', async () => {
    const mark = `of ${temporaryFolder()}`;
    // It waits without a child of its own, which would have its very words until it becomes another program.
    const marked = await child('sh', ['-c', 'read line', mark]);
    const found = (await listCommandLines()).filter(({ args }) => args.includes(mark));
    expect(found.map(({ pid }) => pid)).toEqual([marked.pid]);
    expect(found[0]!.args.slice(0, 4)).toEqual(['sh', '-c', 'read line', mark]);
    marked.kill('SIGKILL');
    await once(marked, 'exit');
    expect((await listCommandLines()).some(({ args }) => args.includes(mark))).toBe(false);
  });

  it('is not there where the system tells of none', async () => {
    const proc = temporaryFolder();
    mkdirSync(join(proc, 'sys'));
    mkdirSync(join(proc, '7'));
    expect(await listCommandLines(proc)).toEqual([]);
  });
});

describe('where the system cannot be asked now', () => {
  /** A folder in place of a file: reading it fails, and not for want of a process. */
  function brokenProc(): string {
    const proc = temporaryFolder();
    for (const name of ['stat', 'cmdline']) mkdirSync(join(proc, '7', name), { recursive: true });
    return proc;
  }

  it('a process is not taken for dead', async () => {
    const identity = { pid: 7, startTicks: 1, bootId: 'boot' };
    await expect(isAlive(identity, brokenProc())).rejects.toThrow('EISDIR');
  });

  it('nor because its boot cannot be read', async () => {
    const proc = temporaryFolder();
    mkdirSync(join(proc, 'sys', 'kernel', 'random', 'boot_id'), { recursive: true });
    await expect(readBootId(proc)).rejects.toThrow('EISDIR');
  });

  it('nor is it taken for not found', async () => {
    await expect(listCommandLines(brokenProc())).rejects.toThrow('EISDIR');
  });
});
