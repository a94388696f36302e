import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const foreground = pathToFileURL(
  resolve(import.meta.dirname, '../../../scripts/tasks/foreground.mjs'),
).href;

/** Counts the signals it gets; leaves half a second after the first, with code 7. */
const CHILD = `
  let count = 0;
  process.on('SIGTERM', () => {
    count += 1;
    if (count === 1) setTimeout(() => { console.log(count); process.exit(7); }, 500);
  });
  setInterval(() => {}, 1000);
  console.log('ready');`;

const WRAPPER = `
  import { runInForeground } from ${JSON.stringify(foreground)};
  process.exitCode = await runInForeground(process.execPath, ['-e', ${JSON.stringify(CHILD)}]);`;

describe('a program that npm runs through us', () => {
  it('hears a repeated signal once, and its exit code is ours', async () => {
    const wrapper = spawn(process.execPath, ['--input-type=module', '-e', WRAPPER], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true, // in the foreground of no terminal
    });
    let said = '';
    wrapper.stdout.on('data', (chunk: Buffer) => {
      const isReady = !said.includes('ready') && String(chunk).includes('ready');
      said += String(chunk);
      if (isReady) {
        wrapper.kill('SIGTERM');
        setTimeout(() => wrapper.kill('SIGTERM'), 100);
      }
    });
    const [code] = (await once(wrapper, 'close')) as [number | null];
    expect(said).toBe('ready\n1\n');
    expect(code).toBe(7);
  });
});
