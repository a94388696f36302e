import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const foreground = pathToFileURL(
  resolve(import.meta.dirname, '../../../scripts/tasks/foreground.mjs'),
).href;

/** Says each SIGHUP it gets; leaves at SIGTERM, with code 7. */
const CHILD = `
  process.on('SIGHUP', () => { console.log('heard'); });
  process.on('SIGTERM', () => { process.exit(7); });
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
      said += String(chunk);
      if (said === 'ready\n') wrapper.kill('SIGHUP');
      if (said !== 'ready\nheard\n') return;
      // Of two that wait, the one of the lower number is delivered first: SIGTERM comes behind the repetition.
      wrapper.kill('SIGHUP');
      wrapper.kill('SIGTERM');
    });
    const [code] = (await once(wrapper, 'close')) as [number | null];
    expect(said).toBe('ready\nheard\n');
    expect(code).toBe(7);
  });
});
