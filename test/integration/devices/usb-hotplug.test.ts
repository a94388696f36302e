import { execa, execaSync } from 'execa';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SUPPORT = resolve(import.meta.dirname, '../../support');
const PYTHON = '/usr/bin/python3'; // the distribution's: it has gi

/** Why USB cannot be emulated here, or null. */
function obstacle(): string | null {
  if (process.getuid?.() !== 0) return 'needs root';
  const probe = [
    '-c',
    "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev",
  ];
  const { failed } = execaSync('umockdev-wrapper', [PYTHON, ...probe], { reject: false });
  return failed ? 'needs umockdev, gir1.2-umockdev-1.0 and python3-gi' : null;
}

const why = obstacle();

describe('watching USB with the real package', () => {
  it.skipIf(why !== null)(
    `tells of a microphone that is plugged in and pulled out, then lets the process end${why === null ? '' : ` (${why})`}`,
    async () => {
      const watcher = [
        process.execPath,
        '--import',
        resolve(SUPPORT, 'typescript-hooks.mjs'),
        resolve(SUPPORT, 'usb/watch.ts'),
      ];
      const { stdout } = await execa(
        'umockdev-wrapper',
        [PYTHON, resolve(SUPPORT, 'usb/hotplug.py'), ...watcher],
        {
          timeout: 20_000,
          forceKillAfterDelay: 1000,
        },
      );
      expect(stdout.split('\n')).toEqual(['plugged changed', 'pulled changed', 'rest  exit 0']);
    },
  );
});
