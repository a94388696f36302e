import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClockSync, parseChrony, parseTimedatectl } from '@main/clock/clock-sync';
import { FakeClock } from '../../support/fake-clock';
import { temporaryFolder } from '../../support/temporary-folder';

const NEVER = new AbortController().signal;

const TRACKING = (
  leap: string,
  reference = 'C0A80101 (192.168.1.1)',
  heard = 'Fri May 01 11:46:00 2026',
): string =>
  [
    `Reference ID    : ${reference}`,
    'Stratum         : 3',
    `Ref time (UTC)  : ${heard}`,
    'System time     : 0.000012 seconds slow of NTP time',
    `Leap status     : ${leap}`,
  ].join('\n');

/** As timesyncd does at each synchronisation, by the clock that it sets. */
function markSynchronised(runRoot: string, clock: FakeClock): void {
  const marker = join(runRoot, 'systemd/timesync/synchronized');
  writeFileSync(marker, '');
  utimesSync(marker, clock.wallMs() / 1000, clock.wallMs() / 1000);
}

/** A system with programs of its own: shell scripts that print, fail or hang. */
function system(parts: {
  timesyncd?: 'waiting' | 'synchronised';
  chrony?: string;
  timedatectl?: string;
}): { sync: ClockSync; clock: FakeClock; asked: () => boolean; folder: string } {
  const folder = temporaryFolder();
  const clock = new FakeClock();
  const runRoot = join(folder, 'run');
  const asked = join(folder, 'asked');
  mkdirSync(runRoot);
  if (parts.timesyncd !== undefined) {
    mkdirSync(join(runRoot, 'systemd/timesync'), { recursive: true });
    if (parts.timesyncd === 'synchronised') markSynchronised(runRoot, clock);
  }
  if (parts.chrony !== undefined) mkdirSync(join(runRoot, 'chrony'));
  if (parts.timedatectl !== undefined) {
    mkdirSync(join(runRoot, 'systemd/system'), { recursive: true });
  }
  const script = (name: string, body: string | undefined): string => {
    const path = join(folder, name);
    if (body === undefined) return path;
    writeFileSync(path, `#!/bin/sh\necho x >> ${asked}\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const programs = {
    chronyc: script('chronyc', parts.chrony),
    timedatectl: script('timedatectl', parts.timedatectl),
  };
  return {
    sync: new ClockSync({ clock, runRoot, programs }),
    clock,
    asked: () => existsSync(asked),
    folder,
  };
}

const print = (text: string): string => `cat <<'END'\n${text}\nEND`;

describe('what the system says of its clock', () => {
  it('is nothing where there is no service that sets it', async () => {
    const { sync } = system({});
    await sync.probe(NEVER);
    expect(sync.read()).toEqual({ synced: null, source: null, lastSyncedMs: null });
  });

  it('is the marker of timesyncd, without asking a program', async () => {
    const { sync, asked } = system({
      timesyncd: 'synchronised',
      chrony: print(TRACKING('Not synchronised')),
    });
    await sync.probe(NEVER);
    expect(sync.read()).toMatchObject({ synced: true, source: 'timesyncd' });
    expect(asked()).toBe(false);
  });

  it('follows the marker at once', () => {
    const { sync, folder, clock } = system({ timesyncd: 'waiting' });
    expect(sync.read()).toMatchObject({ synced: false, source: 'timesyncd' });
    markSynchronised(join(folder, 'run'), clock);
    expect(sync.read().synced).toBe(true);
  });

  it('is not good for ever: a service that reaches no server for a day leaves the clock to itself', async () => {
    const { sync, clock, folder } = system({ timesyncd: 'synchronised' });
    const lastSyncedMs = clock.wallMs();
    await clock.advance(24 * 3_600_000);
    expect(sync.read().synced).toBe(true);
    await clock.advance(3_600_000);
    expect(sync.read()).toEqual({ synced: false, source: 'timesyncd', lastSyncedMs });
    markSynchronised(join(folder, 'run'), clock);
    expect(sync.read().synced).toBe(true);
  });

  it('is not good for ever where chrony goes on saying that all is well', async () => {
    const { sync, clock } = system({ chrony: print(TRACKING('Normal')) });
    await sync.probe(NEVER);
    expect(sync.read()).toMatchObject({ synced: true, lastSyncedMs: Date.UTC(2026, 4, 1, 11, 46) });
    await clock.advance(24 * 3_600_000);
    await sync.probe(NEVER);
    expect(sync.read()).toMatchObject({ synced: false, source: 'chrony' });
  });

  it.each([
    ['Normal', undefined, true],
    ['Insert second', undefined, true],
    ['Not synchronised', '00000000 ()', false],
    // It follows nothing but itself.
    ['Normal', '7F7F0101 ()', false],
  ])('is what chrony tells (%s, %s)', async (leap, reference, synced) => {
    const { sync } = system({ chrony: print(TRACKING(leap, reference)) });
    expect(sync.read().synced).toBeNull();
    await sync.probe(NEVER);
    expect(sync.read()).toMatchObject({ synced, source: 'chrony' });
  });

  it.each([
    ['NTP=yes\nNTPSynchronized=yes', true],
    ['NTP=yes\nNTPSynchronized=no', false],
    ['NTP=no\nNTPSynchronized=yes', true],
  ])('is what timedatectl tells where nobody else does (%j)', async (text, synced) => {
    const { sync } = system({ timedatectl: print(text) });
    await sync.probe(NEVER);
    expect(sync.read()).toMatchObject({ synced, source: 'timedatectl' });
  });

  it('does not call a clock wrong that nobody is asked to set', async () => {
    const { sync } = system({ timedatectl: print('NTP=no\nNTPSynchronized=no') });
    await sync.probe(NEVER);
    expect(sync.read().synced).toBeNull();
  });

  it.each([
    ['is not there', undefined],
    ['fails', 'echo 506 Cannot talk to daemon >&2; exit 1'],
    ['talks nonsense', 'head -c 100000 /dev/zero'],
  ])('is nothing where the program %s', async (_case, chrony) => {
    const { sync, folder } = system(chrony === undefined ? {} : { chrony });
    mkdirSync(join(folder, 'run/chrony'), { recursive: true });
    await sync.probe(NEVER);
    expect(sync.read().synced).toBeNull();
  });

  it('does not wait for a program that hangs once it is no longer wanted', async () => {
    const { sync } = system({ chrony: 'exec sleep 600' });
    const abort = new AbortController();
    const probe = sync.probe(abort.signal);
    abort.abort();
    await probe;
    expect(sync.read().synced).toBeNull();
  });

  it('asks at most every 30 seconds, and believes an answer for two minutes', async () => {
    const { sync, clock, folder } = system({ chrony: print(TRACKING('Normal')) });
    await sync.probe(NEVER);
    writeFileSync(join(folder, 'chronyc'), '#!/bin/sh\nexit 1\n');
    await clock.advance(29_999);
    await sync.probe(NEVER);
    expect(sync.read().synced).toBe(true);
    await clock.advance(90_000);
    await sync.probe(NEVER);
    expect(sync.read().synced).toBe(true);
    await clock.advance(2);
    expect(sync.read().synced).toBeNull();
  });

  it('understands no answer at all as not knowing', () => {
    expect(parseChrony(null)).toBeNull();
    expect(parseChrony('')).toBeNull();
    expect(parseTimedatectl(null)).toBeNull();
  });
});
