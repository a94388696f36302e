import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type AnalysedFolder, analysedFolder } from '../../support/analysed-folder';
import { FakeClock } from '../../support/fake-clock';
import { temporaryFolder } from '../../support/temporary-folder';

const PATIENCE = { timeout: 45_000, interval: 20 };
const HEARD = '[{"start":0.1,"end":0.4,"label":"Parus major","confidence":0.75}]';

/** A folder on which only the user's command works: a script of this text, which is given the recording. */
function listening(
  script: string,
  options: Parameters<typeof analysedFolder>[0] = {},
): {
  readonly folder: AnalysedFolder;
  /** Of its own, for what the script leaves. */
  readonly place: string;
} {
  const place = temporaryFolder();
  const program = join(place, 'my listener');
  writeFileSync(program, `#!/bin/sh\nPLACE='${place}'\n${script}\n`);
  chmodSync(program, 0o755);
  const folder = analysedFolder(options);
  Object.assign(folder.settings.analysis, {
    peaks_enabled: false,
    spectrogram_enabled: false,
    custom_enabled: true,
    custom_command: `"${program}" {file}`,
  });
  return { folder, place };
}

function detections({ connection }: AnalysedFolder): unknown[] {
  return connection.sqlite
    .prepare(
      `select recording_id, worker, worker_version, start_s, end_s, label, confidence from detections
       order by recording_id, start_s`,
    )
    .all();
}

/** Lets it work until it has dealt with this recording. */
async function ended(folder: AnalysedFolder, id: number, state = 'done'): Promise<string> {
  await folder.analysis.start();
  return vi.waitFor(() => {
    expect(folder.stateOf(id)['custom']?.state).toBe(state);
    return folder.stateOf(id)['custom']!.detail;
  }, PATIENCE);
}

describe('the user’s own command', () => {
  it('is given every recording, and what it hears is kept', async () => {
    const { folder, place } = listening(`echo "$1" >> "$PLACE/given"; echo '${HEARD}'`);
    const ids = [folder.record(), folder.record({ name: `x'; rm -rf "$HOME" #.wav` })];
    for (const id of ids) await ended(folder, id);
    const row = {
      worker: 'custom',
      worker_version: '1',
      start_s: 0.1,
      end_s: 0.4,
      label: 'Parus major',
      confidence: 0.75,
    };
    expect(detections(folder)).toEqual(ids.map((id) => ({ recording_id: id, ...row })));
    const given = readFileSync(join(place, 'given'), 'utf8').trimEnd().split('\n');
    expect(given).toHaveLength(2);
    expect(given[1]).toBe(join(folder.root, `recorder/mic/data/raw/x'; rm -rf "$HOME" #.wav`));
    expect(folder.alerts.size).toBe(0);
  });

  it('of another version hears everything anew: its detections stand in place of the old ones', async () => {
    const { folder } = listening(`echo '${HEARD}'`);
    const id = folder.record();
    await ended(folder, id);
    folder.settings.analysis.custom_version = '2';
    folder.bus.emit('settings.changed', { keys: ['analysis.custom_version'] });
    await vi.waitFor(() => expect(folder.stateOf(id)['custom']?.version).toBe('2'), PATIENCE);
    expect(detections(folder)).toMatchObject([{ recording_id: id, worker_version: '2' }]);
  });

  it('runs behind everything else, with nothing of the console’s environment that could be secret', async () => {
    vi.stubEnv('SILVASONIC_ENCRYPTION_KEY', 'hunter2');
    const { folder, place } = listening(
      `sleep 0.3; env > "$PLACE/env"; cut -d' ' -f19 /proc/self/stat > "$PLACE/nice"; cat /proc/self/oom_score_adj > "$PLACE/oom"; echo '[]'`,
    );
    await ended(folder, folder.record());
    const env = readFileSync(join(place, 'env'), 'utf8');
    expect(env).not.toContain('hunter2');
    expect(env).not.toMatch(/^(SILVASONIC|NODE|npm)_?/m);
    expect(env).toMatch(/^PATH=/m);
    expect(Number(readFileSync(join(place, 'nice'), 'utf8'))).toBeGreaterThanOrEqual(10);
    expect(Number(readFileSync(join(place, 'oom'), 'utf8'))).toBeGreaterThanOrEqual(500);
  });

  it.each([
    ['exit 3', 'The command ended with 3.'],
    ['echo no model >&2; exit 1', 'no model'],
    ['echo hello', 'not JSON'],
    [`echo '[{"start":0,"end":1,"label":"a","confidence":7}]'`, '[0].confidence'],
    ['exec yes', 'printed too much'],
  ])(
    'that fails (%s) is told with its reason, and leaves no detections',
    async (script, reason) => {
      const { folder } = listening(script);
      const id = folder.record();
      expect(await ended(folder, id, 'failed')).toContain(reason);
      expect(detections(folder)).toEqual([]);
      expect(folder.analysis.workers().find(({ name }) => name === 'custom')).toMatchObject({
        lastError: { recordingId: id, detail: expect.stringContaining(reason) as string },
      });
    },
  );

  it('that does not exist is told, too', async () => {
    const { folder } = listening('exit 0');
    folder.settings.analysis.custom_command = '/nonexistent/listener {file}';
    const detail = await ended(folder, folder.record(), 'failed');
    expect(detail).toMatch(/could not be started.*ENOENT/);
  });

  it('that takes too long is ended with everything that it started', async () => {
    const { folder, place } = listening('sleep 1000 & echo $! > "$PLACE/child"; wait');
    folder.settings.analysis.custom_timeout = 1;
    expect(await ended(folder, folder.record(), 'failed')).toBe(
      'The command took longer than 1 s.',
    );
    const child = readFileSync(join(place, 'child'), 'utf8').trim();
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), PATIENCE);
  });

  it('leaves nothing running either when it ends well, or when the console stops', async () => {
    const { folder, place } = listening(
      `sleep 1000 > /dev/null 2>&1 & echo $! > "$PLACE/child"; echo '[]'`,
    );
    const id = folder.record();
    await ended(folder, id);
    const child = readFileSync(join(place, 'child'), 'utf8').trim();
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), PATIENCE);

    const other = listening('echo $$ > "$PLACE/own"; sleep 1000');
    const waiting = other.folder.record();
    await other.folder.analysis.start();
    const own = join(other.place, 'own');
    await vi.waitFor(
      () => expect(existsSync(own) && readFileSync(own, 'utf8')).toMatch(/\d\n/),
      PATIENCE,
    );
    await other.folder.analysis.stop();
    expect(isRunning(readFileSync(own, 'utf8').trim())).toBe(false);
    expect(other.folder.stateOf(waiting)).toEqual({});
  });
});

describe('a command that fails at everything', () => {
  it('raises an alert, rests instead of using up the season’s attempts, and goes on when it is mended', async () => {
    const clock = new FakeClock();
    const { folder, place } = listening(
      `echo x >> "$PLACE/tries"; test -e "$PLACE/model" && echo '[]'`,
      { clock },
    );
    const ids = Array.from({ length: 6 }, () => folder.record());
    const tries = (): number =>
      existsSync(join(place, 'tries'))
        ? readFileSync(join(place, 'tries'), 'utf8').trimEnd().split('\n').length
        : 0;
    await ended(folder, ids[2]!, 'failed');
    await vi.waitFor(
      () => expect(folder.alerts.get('analysis.failing custom')).toContain('ended with 1'),
      PATIENCE,
    );
    await clock.advance(50_000);
    expect(tries()).toBe(3);
    expect(folder.analysis.status().state).toBe('degraded');
    expect(folder.analysis.workers().find(({ name }) => name === 'custom')?.state).toBe('failing');

    writeFileSync(join(place, 'model'), '');
    expect(folder.analysis.retry('custom')).toBe(3);
    for (const id of ids) await ended(folder, id);
    expect(folder.alerts.size).toBe(0);
    expect(folder.analysis.status().state).toBe('ok');
  });

  it('is no trouble any more once it is switched off', async () => {
    const { folder } = listening('exit 1', { clock: new FakeClock() });
    const ids = Array.from({ length: 3 }, () => folder.record());
    for (const id of ids) await ended(folder, id, 'failed');
    await vi.waitFor(() => expect(folder.alerts.size).toBe(1), PATIENCE);
    folder.settings.analysis.custom_enabled = false;
    folder.bus.emit('settings.changed', { keys: ['analysis.custom_enabled'] });
    expect(folder.alerts.size).toBe(0);
    expect(folder.analysis.workers().find(({ name }) => name === 'custom')?.state).toBe('off');
    expect(() => folder.analysis.retry('nobody')).toThrow('nobody');
  });
});

it('while recording needs the machine nothing is done; afterwards it is', async () => {
  const clock = new FakeClock();
  let may: 'nothing' | 'everything' = 'nothing';
  const { folder, place } = listening(`touch "$PLACE/ran"; echo '[]'`, {
    clock,
    permission: () => ({ may, why: may === 'nothing' ? 'A recorder lost sound.' : '' }),
  });
  const id = folder.record();
  await folder.analysis.start();
  await clock.advance(60_000);
  expect(existsSync(join(place, 'ran'))).toBe(false);
  expect(folder.analysis.status().details).toBe('It rests. A recorder lost sound.');
  expect(folder.analysis.workers().at(-1)?.state).toBe('paused');
  may = 'everything';
  await clock.advance(5_000);
  await ended(folder, id);
});

/** Of a zombie nothing is left but its number. */
function isRunning(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
