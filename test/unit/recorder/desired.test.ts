import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '@shared/model/device';
import { decideRecorders } from '@main/recorder/desired';

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
    matchReason: { outcome: 'fallback', score: 0, candidates: [] },
    workspace: name,
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}

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
    const decided = decideRecorders([device('a', parts)], 5, new Set());
    expect(decided.get('a')).toEqual({ desired: reason === 'should_record', reason });
  });

  it('leaves running ones their place when the limit bites', () => {
    const devices = ['a', 'b', 'c'].map((name) => device(name));
    const decided = decideRecorders(devices, 1, new Set(['c']));
    expect(decided.get('c')?.desired).toBe(true);
    expect(decided.get('a')).toEqual({ desired: false, reason: 'recorder_limit' });
  });

  it('prefers who came first when none runs', () => {
    const old = device('z', { firstSeenAt: '2025-01-01T00:00:00.000Z' });
    const decided = decideRecorders([device('a'), old], 1, new Set());
    expect(decided.get('z')?.desired).toBe(true);
  });

  it('never exceeds the limit, never drops one that may go on, and gives every device one reason', () => {
    const anyDevice = fc.record({
      presence: fc.constantFrom('online' as const, 'offline' as const),
      enabled: fc.boolean(),
      enrollment: fc.constantFrom('pending' as const, 'enrolled' as const, 'ignored' as const),
    });
    fc.assert(
      fc.property(
        fc.array(anyDevice, { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 11 })),
        (parts, limit, runningAt) => {
          const devices = parts.map((part, i) => device(`d${String(i)}`, part));
          const running = new Set(runningAt.map((i) => `d${String(i)}`));
          const decided = decideRecorders(devices, limit, running);
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
