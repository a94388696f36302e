import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '@shared/model/device';
import { type DecisionFacts, decideRecorders } from '@main/recorder/desired';

function device(name: string, parts: Partial<Device> = {}): Device {
  return {
    name,
    displayName: name,
    kind: 'usb',
    identityBasis: 'serial',
    ambiguous: false,
    usbVendorId: null,
    usbProductId: null,
    usbSerial: null,
    usbBusPath: null,
    alsaCardIndex: null,
    alsaCardId: null,
    alsaName: null,
    pcm: 'hw:CARD=x,DEV=0',
    offers: null,
    simulatedSource: null,
    simulatedFile: null,
    presence: 'online',
    flaps: 0,
    enrollment: 'enrolled',
    enabled: true,
    profileSlug: 'generic_usb',
    schedule: { kind: 'always' },
    pausedUntil: null,
    matchReason: { outcome: 'fallback', score: 0, candidates: [] },
    workspace: name,
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const at = (aheadMs: number): string => new Date(NOW + aheadMs).toISOString();

/** A disk that is there, and a schedule that says always, unless told otherwise. */
function facts(parts: Partial<DecisionFacts> = {}): DecisionFacts {
  return {
    nowMs: NOW,
    dataDiskMissing: false,
    schedule: () => ({ inside: true, nextChangeMs: null }),
    ...parts,
  };
}

const OUTSIDE = facts({ schedule: () => ({ inside: false, nextChangeMs: NOW + HOUR_MS }) });

describe('whether a device should be recorded', () => {
  it.each([
    [{}, 'should_record'],
    [{ presence: 'offline' }, 'offline'],
    [{ enabled: false }, 'stopped_by_user'],
    [{ enrollment: 'pending' }, 'pending_enrollment'],
    [{ enrollment: 'ignored' }, 'ignored'],
    [{ profileSlug: null }, 'no_profile'],
    [{ ambiguous: true }, 'ambiguous'],
    // With port names twins can be told apart, so they may be recorded.
    [{ ambiguous: true, identityBasis: 'port' }, 'should_record'],
    [{ enabled: false, presence: 'offline' }, 'stopped_by_user'],
  ] as const)('of %o is decided as %s', (parts, reason) => {
    const decided = decideRecorders([device('a', parts)], 5, new Set(), facts());
    const desired = reason === 'should_record';
    expect(decided.get('a')).toEqual({ desired, reason, nextChangeMs: null });
  });

  // Each of them stands in the way of everything below it.
  const IN_ORDER = [
    ['data_disk_missing', { enrollment: 'ignored' }, { dataDiskMissing: true }],
    ['ignored', { enrollment: 'ignored', enabled: false }, {}],
    ['stopped_by_user', { enabled: false, presence: 'offline' }, {}],
    ['offline', { presence: 'offline', pausedUntil: at(HOUR_MS) }, {}],
    ['paused', { pausedUntil: at(HOUR_MS) }, {}],
    ['outside_schedule', {}, {}],
  ] as const;

  it.each(IN_ORDER)('%s comes before what is less in a person’s hand', (reason, parts, more) => {
    const all = { ...OUTSIDE, ...more };
    const decided = decideRecorders([device('a', parts)], 1, new Set(['a']), all);
    expect(decided.get('a')).toMatchObject({ desired: false, reason });
  });

  it('a missing disk stops every one of them', () => {
    const devices = [device('a'), device('b', { presence: 'offline' }), device('c')];
    const decided = decideRecorders(devices, 5, new Set(['a']), facts({ dataDiskMissing: true }));
    expect([...decided.values()].map(({ reason }) => reason)).toEqual(
      devices.map(() => 'data_disk_missing'),
    );
  });

  it('leaves running ones their place when the limit bites', () => {
    const devices = ['a', 'b', 'c'].map((name) => device(name));
    const decided = decideRecorders(devices, 1, new Set(['c']), facts());
    expect(decided.get('c')?.desired).toBe(true);
    expect(decided.get('a')).toMatchObject({ desired: false, reason: 'recorder_limit' });
  });

  it('one that is outside of its schedule, or paused, takes nobody’s place', () => {
    const devices = ['a', 'b', 'c'].map((name) => device(name));
    const decided = decideRecorders(
      [devices[0]!, { ...devices[1]!, pausedUntil: at(1) }, devices[2]!],
      1,
      new Set(['a', 'b']),
      facts({ schedule: ({ name }) => ({ inside: name !== 'a', nextChangeMs: null }) }),
    );
    expect([...decided].map(([name, { reason }]) => [name, reason]).sort()).toEqual([
      ['a', 'outside_schedule'],
      ['b', 'paused'],
      ['c', 'should_record'],
    ]);
  });

  it('prefers who came first when none runs', () => {
    const old = device('z', { firstSeenAt: '2025-01-01T00:00:00.000Z' });
    const decided = decideRecorders([device('a'), old], 1, new Set(), facts());
    expect(decided.get('z')?.desired).toBe(true);
  });

  it('never exceeds the limit, never drops one that may go on, and gives every device one reason', () => {
    const anyDevice = fc.record({
      presence: fc.constantFrom('online' as const, 'offline' as const),
      enabled: fc.boolean(),
      enrollment: fc.constantFrom('pending' as const, 'enrolled' as const, 'ignored' as const),
      pausedUntil: fc.constantFrom(null, at(-HOUR_MS), at(HOUR_MS)),
    });
    // By name, so that it is the same whenever it is asked.
    const world = facts({
      schedule: ({ name }) => ({ inside: !/[37]$/.test(name), nextChangeMs: NOW + HOUR_MS }),
    });
    fc.assert(
      fc.property(
        fc.array(anyDevice, { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 11 })),
        (parts, limit, runningAt) => {
          const devices = parts.map((part, i) => device(`d${String(i)}`, part));
          const running = new Set(runningAt.map((i) => `d${String(i)}`));
          const decided = decideRecorders(devices, limit, running, world);
          expect(decided.size).toBe(devices.length);
          const chosen = [...decided].filter(([, { desired }]) => desired).map(([name]) => name);
          const able = [...decided].filter(([, { reason }]) =>
            ['should_record', 'recorder_limit'].includes(reason),
          );
          expect(chosen.length).toBe(Math.min(limit, able.length));
          const ableAndRunning = able.filter(([name]) => running.has(name)).length;
          const keptRunning = chosen.filter((name) => running.has(name)).length;
          expect(keptRunning).toBe(Math.min(limit, ableAndRunning));
        },
      ),
    );
  });
});

describe('a pause', () => {
  const decide = (parts: Partial<Device>, world = facts()) =>
    decideRecorders([device('a', parts)], 5, new Set(), world).get('a');

  it.each([
    ['ends at its deadline', at(0), 'should_record'],
    ['holds until its deadline', at(1), 'paused'],
    ['that has ended needs no write to be over', at(-100 * DAY_MS), 'should_record'],
    ['of a week holds', at(7 * DAY_MS), 'paused'],
    // The clock fell back to 1970, say: nobody asked for that.
    ['further ahead than anybody can ask for is none', at(7 * DAY_MS + 1), 'should_record'],
  ])('%s', (_, pausedUntil, reason) => {
    expect(decide({ pausedUntil })?.reason).toBe(reason);
  });

  it('says when it ends', () => {
    expect(decide({ pausedUntil: at(2 * HOUR_MS) })?.nextChangeMs).toBe(NOW + 2 * HOUR_MS);
  });

  it('that ends before the schedule begins changes nothing then', () => {
    expect(decide({ pausedUntil: at(1000) }, OUTSIDE)?.nextChangeMs).toBe(NOW + HOUR_MS);
    expect(decide({ pausedUntil: at(2 * HOUR_MS) }, OUTSIDE)?.nextChangeMs).toBe(NOW + 2 * HOUR_MS);
  });
});

describe('when it changes next', () => {
  it('is told for those that record and those that wait for their hours', () => {
    const ends = facts({ schedule: () => ({ inside: true, nextChangeMs: NOW + HOUR_MS }) });
    const next = (world: DecisionFacts, parts: Partial<Device> = {}) =>
      decideRecorders([device('a', parts)], 5, new Set(), world).get('a')?.nextChangeMs;
    expect(next(ends)).toBe(NOW + HOUR_MS);
    expect(next(OUTSIDE)).toBe(NOW + HOUR_MS);
    expect(next(ends, { enabled: false })).toBeNull();
    expect(next({ ...ends, dataDiskMissing: true })).toBeNull();
  });
});
