import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { certificateSchema, dayCoverageSchema } from '@shared/model/coverage';
import { toInstant } from '@shared/model/time';
import type { StationSnapshot } from '@shared/model/station';
import { dayIn, dayOf } from '@main/coverage/zoned-day';
import { endCaptures } from '../../support/captures';
import { commandLine } from '../../support/command-line';
import { runConsole, type RunningConsole } from '../../support/running-console';
import { temporaryFolder } from '../../support/temporary-folder';

let dataDir: string;
let console_: RunningConsole;

async function type(...args: string[]) {
  const { exitCode, out, err } = await commandLine([...args, '--data', dataDir]);
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

/** From and to of a stretch that was recorded and is kept. */
let stretch: [string, string];
const verdict = (file: string, ...args: string[]) =>
  commandLine(['verify-certificate', file, ...args]);

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  const profile = ['--profile', 'generic_usb', '--segment', '2s'];
  console_ = runConsole(['--data', dataDir, '--simulate', '1', ...profile]);
  const first = await console_.line((line) => line['type'] === 'recording');
  await console_.line(
    (line) =>
      line['type'] === 'recording' &&
      Date.parse(String(line['time'])) >= Date.parse(String(first['time'])) + 4000,
  );
  const fromMs = Date.parse(String(first['time']));
  stretch = [toInstant(fromMs), toInstant(fromMs + 4000)];
});

afterAll(async () => {
  await console_.kill();
  await endCaptures(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

// In order: while the console runs, and when it is gone.
describe('coverage on the command line', () => {
  it('is that of the running console: all but the moment of its start, and nothing of what is being recorded', async () => {
    const { exitCode, out, err } = await type('coverage', '--json');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const { devices, day, timezone, from, to } = dayCoverageSchema.parse(JSON.parse(out));
    expect(day).toBe(dayOf(timezone, Date.now()));
    const span = dayIn(timezone, day);
    expect([from, to]).toEqual([toInstant(span.fromMs), toInstant(span.toMs)]);
    const [device] = devices;
    expect(device).toMatchObject({ device: 'sim-1', simulated: true, unsyncedS: 0 });
    expect(device!.recordedS).toBeGreaterThanOrEqual(5.9);
    const missingS = device!.gaps.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(device!.recordedS + missingS).toBeCloseTo(device!.scheduledS, 2);
    // Until the capture delivers: its start alone.
    expect(device!.gaps.map(({ reason }) => reason)).toEqual(['restart']);
  });

  it('is a bar and a sentence for each gap to a person', async () => {
    const { out } = await type('coverage', '--device', 'sim-1');
    expect(out).toMatch(/^\d{4}-\d\d-\d\d \(.*\)\nDEVICE +0 h … 24 h +COVERAGE/);
    expect(out).toMatch(/sim-1 +[·█▒! ]{48} .*%/);
    expect(out).toMatch(
      /sim-1 {2}\d\d:\d\d:\d\d–\S+ {2}\d+\.\d{3} s {2}It was starting, stopping or changing over/,
    );
  });

  it('of a day on which nothing was scheduled is none', async () => {
    const { out } = await type('coverage', '--day', '2020-02-29', '--json');
    expect(dayCoverageSchema.parse(JSON.parse(out)).devices).toMatchObject([
      { device: 'sim-1', scheduledS: 0, coverage: null, gaps: [] },
    ]);
  });

  it('of an unknown microphone is refused', async () => {
    const { exitCode, err } = await type('coverage', '--device', 'ghost');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/There is no device "ghost"|no such thing/);
  });
});

describe('the clock on the command line', () => {
  it('is confirmed by whoever has compared it', async () => {
    const before = Date.now();
    const { exitCode, out, err } = await type('clock', 'confirm', '--json');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const { confirmed } = JSON.parse(out) as { confirmed: string };
    expect(Math.abs(Date.parse(confirmed) - before)).toBeLessThan(30_000);
    const status = JSON.parse((await type('status', '--json')).out) as StationSnapshot;
    expect(status.station.clockSynced).toBe(true);
  });
});

describe('a certificate on the command line', () => {
  let file: string;

  it('is issued for a time that is over, and valid with every file it names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
    file = join(folder, 'night.json');
    const html = join(folder, 'night.html');
    const range = ['--from', stretch[0], '--to', stretch[1]];
    await vi.waitFor(
      async () => {
        const { out } = await type('certificate', ...range, '--json');
        const { devices } = certificateSchema.parse(JSON.parse(out));
        expect(devices[0]!.files.map(({ sha256 }) => sha256)).not.toContain(null);
      },
      { timeout: 20_000, interval: 200 },
    );
    const { exitCode, out, err } = await type(
      'certificate',
      ...range,
      '--out',
      file,
      '--html',
      html,
    );
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/sim-1: 4\.000 of 4\.000 s recorded, 0 gaps, [23] files/);
    expect(readFileSync(html, 'utf8')).toContain('<svg');
    const certificate = certificateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(certificate.devices[0]).toMatchObject({ device: 'sim-1', coverage: 1 });
    const checked = await verdict(file, '--data', dataDir);
    expect({ ...checked, out: checked.out[0] }).toEqual({
      exitCode: 0,
      err: [],
      out: expect.stringMatching(
        /^Valid: .* 1 device, [23] files, all there and unchanged\.$/,
      ) as string,
    });
  });

  it('is signed with a key that only the station’s owner can read', () => {
    expect(statSync(join(dataDir, 'station-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('that was changed is not valid, and ends with 1', async () => {
    const changed = join(temporaryFolder(), 'changed.json');
    writeFileSync(
      changed,
      readFileSync(file, 'utf8').replace('"recovered": false', '"recovered": true'),
    );
    const { exitCode, out, err } = await verdict(changed);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: [] });
    expect(err.join('\n')).toMatch(/signature does not fit[\s\S]*changed\.json is not valid\.$/);
    const json = await verdict(changed, '--json');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.out[0]!)).toMatchObject({ ok: false, problems: [expect.any(String)] });
  });

  it('of a time that is not over is refused, and so is one whose file is there already', async () => {
    const later = toInstant(Date.now() + 3_600_000);
    expect(await type('certificate', '--from', stretch[0], '--to', later)).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/not over yet/) as string,
    });
    expect(
      await type('certificate', '--from', stretch[0], '--to', stretch[1], '--out', file),
    ).toMatchObject({ exitCode: 1, err: expect.stringMatching(/is there already/) as string });
  });

  it('that is not there is bad usage', async () => {
    expect(await verdict(join(temporaryFolder(), 'none.json'))).toMatchObject({
      exitCode: 2,
      err: [expect.stringMatching(/there is no such file/)],
    });
  });

  it('is issued with the same key, and coverage told, when no console runs', async () => {
    await console_.kill();
    await endCaptures(dataDir);
    const range = ['--from', stretch[0], '--to', stretch[1]];
    const { exitCode, out } = await type('certificate', ...range, '--device', 'sim-1', '--json');
    expect(exitCode).toBe(0);
    const again = certificateSchema.parse(JSON.parse(out));
    const before = certificateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(again.signature.publicKey).toBe(before.signature.publicKey);
    expect(again.station.id).toBe(before.station.id);
    expect((await type('coverage')).out).toMatch(/sim-1 .*%/);
  });
});
