import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { spawnBound } from '@main/process/spawn-bound';
import { soon } from '../../support/soon';

const SUPPORT = resolve(import.meta.dirname, '../../support');

it('a bound program goes with whoever started it, even when that one is killed', async () => {
  const hooks = ['--import', resolve(SUPPORT, 'typescript-hooks.mjs')];
  const owner = spawn(process.execPath, [...hooks, resolve(SUPPORT, 'bound-program.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  const pid = said.toString().trim();
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  owner.kill('SIGKILL');
  await soon(() => expect(existsSync(`/proc/${pid}`)).toBe(false));
});

it('a program that is not there ends at once, and says so', async () => {
  const child = await spawnBound('/proc/nonexistent', [], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).not.toBe(0);
});
