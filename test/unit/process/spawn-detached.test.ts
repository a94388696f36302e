import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '@main/process/identity';
import { type DetachedProcess, spawnDetached, SpawnError } from '@main/process/spawn-detached';
import { temporaryFolder } from '../../support/temporary-folder';

function outputIn(folder: string) {
  return { stdoutFile: join(folder, 'out'), stderrFile: join(folder, 'err') };
}

async function start(
  program: string,
  args: string[],
  folder = temporaryFolder(),
): Promise<DetachedProcess> {
  const started = await spawnDetached(program, args, outputIn(folder));
  onTestFinished(async () => {
    if (await isAlive(started.identity)) process.kill(started.identity.pid, 'SIGKILL');
  });
  return started;
}

describe('a detached process', () => {
  it('leads a session of its own, so that what ends us does not end it', async () => {
    const { identity } = await start('sleep', ['60']);
    const stat = readFileSync(`/proc/${identity.pid}/stat`, 'utf8');
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    expect([group, session]).toEqual([String(identity.pid), String(identity.pid)]);
    expect(await isAlive(identity)).toBe(true);
  });

  it('appends what it says to files, in English', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'out'), 'before\n');
    const { exited } = await start('sh', ['-c', 'echo "$LC_ALL"; echo trouble >&2'], folder);
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('before\nC\n');
    expect(readFileSync(join(folder, 'err'), 'utf8')).toBe('trouble\n');
  });

  it('is known although it ended at once', async () => {
    const { identity, exited } = await start('true', []);
    expect(identity.pid).toBeGreaterThan(0);
    await exited;
    expect(await isAlive(identity)).toBe(false);
  });

  it('that does not exist is told from one that may not be run', async () => {
    const folder = temporaryFolder();
    const missing: unknown = await start('/nonexistent/ffmpeg', []).catch(
      (error: unknown) => error,
    );
    expect(missing).toBeInstanceOf(SpawnError);
    expect(missing).toMatchObject({ code: 'ENOENT' });
    writeFileSync(join(folder, 'plain'), '');
    await expect(start(join(folder, 'plain'), [])).rejects.toMatchObject({ code: 'EACCES' });
  });
});
