import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { carryOut } from '@main/cli/program';
import { INSTALLATION } from '../../support/command-line';
import { mayAttachDisks, pluggedDisk } from '../../support/mounted-folder';

type Line = Readonly<Record<string, unknown>>;

/** `run --json` within this process; its lines as they come. */
function running(dataDir: string) {
  const lines: Line[] = [];
  const errors: string[] = [];
  const args = ['run', '--json', '--data', dataDir, '--simulate', '1', '--segment', '1s'];
  const ended = carryOut([...args, '--for', '50s'], INSTALLATION, {
    out: (line) => lines.push(JSON.parse(line) as Line),
    err: (line) => errors.push(line),
  });
  const count = (type: string): number => lines.filter((line) => line['type'] === type).length;
  const more = (type: string, than: number): Promise<void> =>
    vi.waitFor(
      () => {
        const said = `${errors.join(' ')} ${JSON.stringify(lines.slice(-5))}`;
        if (count(type) <= than) throw new Error(`no more of "${type}"; ${said}`);
      },
      { timeout: 25_000, interval: 50 },
    );
  const stop = (): Promise<number> => {
    process.emit('SIGINT');
    return ended;
  };
  return { lines, errors, count, more, stop };
}

describe('a recording station whose data disk is pulled and plugged in again', () => {
  it.runIf(mayAttachDisks())(
    'stays up, writes nothing in its place, and records on the same disk again unaided',
    async () => {
      const disk = pluggedDisk({ sizeMb: 256 });
      const run = running(disk.path);
      await run.more('recording', 1);
      disk.fail();
      // Its capture fails with the disk; only then would it be unmounted.
      await vi.waitFor(
        () => {
          const last = run.lines.findLast((line) => line['type'] === 'recorder');
          expect(last?.['state']).not.toBe('recording');
        },
        { timeout: 20_000 },
      );
      disk.unmount();
      await new Promise((resolve) => setTimeout(resolve, 3_000)); // whoever would write has done so
      expect(readdirSync(disk.path)).toEqual([]);
      const before = run.count('recording');
      disk.plugIn();
      await run.more('reopening', 0);
      await run.more('started', 1);
      await run.more('recording', before + 1);
      expect(run.errors).toEqual([]);
      expect(await run.stop()).toBe(0);
      expect(readdirSync(join(disk.path, 'recorder')).length).toBe(1);
    },
  );
});
