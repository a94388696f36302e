import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureCard, UsbFacts } from '@main/devices/capture-card';
import { claimOf, identify, workspaceFor } from '@main/devices/identity';
import { safeNamePart } from '@main/files/safe-name-part';

function card(index: number, usb: Partial<UsbFacts> | null): CaptureCard {
  return {
    index,
    id: `Mic${String(index)}`,
    name: 'Mic',
    longName: 'Mic',
    captureDevice: 0,
    offers: null,
    usb: usb && {
      vendorId: '0869',
      productId: '0389',
      serial: null,
      busPath: `1-${String(index + 1)}`,
      interfaceNumber: 0,
      manufacturer: null,
      product: null,
      hasVideo: false,
      ...usb,
    },
  };
}

const namesOf = (cards: CaptureCard[], known?: Set<string>) =>
  [...identify(cards, known).values()].map((identity) => identity.name);

describe('the name of a microphone', () => {
  it('is vendor, product and serial number, wherever it is plugged in', () => {
    const here = identify([card(0, { serial: '00000000034F' })])
      .values()
      .next().value;
    expect(here).toEqual({ name: '0869-0389-00000000034F', basis: 'serial', ambiguous: false });
    expect(namesOf([card(7, { serial: '00000000034F', busPath: '3-2.4' })])).toEqual([
      '0869-0389-00000000034F',
    ]);
  });

  it('is vendor, product and port without a serial number', () => {
    const [identity] = identify([card(0, { busPath: '1-1.3' })]).values();
    expect(identity).toEqual({ name: '0869-0389-port1-1.3', basis: 'port', ambiguous: false });
  });

  it('is the card number as a last resort, known to be unstable', () => {
    expect([...identify([card(3, null)]).values()]).toEqual([
      { name: 'alsa-card3', basis: 'card', ambiguous: false },
    ]);
    expect(namesOf([card(4, { busPath: null })])).toEqual(['alsa-card4']);
  });

  it.each([
    '',
    '   ',
    '0',
    '000000000000',
    'FFFFFFFF',
    '0123456789',
    '123456789',
    '0123456789ABCDEF',
    '123456',
    'None',
    'N/A',
    'Serial Number',
    '-',
  ])('does not rest on the placeholder %j', (serial) => {
    expect(namesOf([card(0, { serial })])).toEqual(['0869-0389-port1-1']);
  });

  it.each(['034F', '00000000034F', '0384_2453800264933F8F', '20080411', 'Y8TVWPH23DFE77'])(
    'rests on the serial number %j',
    (serial) => {
      expect(namesOf([card(0, { serial })])).toEqual([`0869-0389-${serial}`]);
    },
  );

  it('is the port for both when two devices claim the same serial number', () => {
    const twins = [card(0, { serial: 'SAME' }), card(1, { serial: 'SAME' })];
    expect([...identify(twins).values()]).toEqual([
      { name: '0869-0389-port1-1', basis: 'port', ambiguous: true },
      { name: '0869-0389-port1-2', basis: 'port', ambiguous: true },
    ]);
  });

  it('stays the port for one of the twins alone: nobody can tell which it is', () => {
    expect(namesOf([card(0, { serial: 'SAME' })], new Set(['0869-0389-SAME']))).toEqual([
      '0869-0389-port1-1',
    ]);
  });

  it('tells two sound interfaces of one USB device apart', () => {
    const cards = [
      card(0, { busPath: '1-1', interfaceNumber: 0 }),
      card(1, { busPath: '1-1', interfaceNumber: 2 }),
    ];
    expect(namesOf(cards)).toEqual(['0869-0389-port1-1', '0869-0389-port1-1-if2']);
  });

  it('keeps a serial number that reads like a port from being taken for one', () => {
    const names = namesOf([
      card(0, { serial: 'port1-2', busPath: '1-1' }),
      card(1, { busPath: '1-2' }),
    ]);
    expect(new Set(names).size).toBe(2);
    expect(names[1]).toBe('0869-0389-port1-2');
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ maxLength: 100 }),
    fc.constantFrom(
      '..',
      '.',
      '../..',
      '../../etc/passwd',
      'a\nb',
      '🦇',
      'CON',
      'x'.repeat(300),
      'a.',
      '-rf',
    ),
    fc.stringMatching(/^[A-Za-z0-9._-]{1,90}$/),
    fc.stringMatching(/^[A-Za-z_]{1,10}-[0-9a-f]{12}$/),
  );

  it('is always safe as a file name, whatever the device says', () => {
    fc.assert(
      fc.property(hostile, (serial) => {
        const [name = ''] = namesOf([card(0, { serial })]);
        expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
        expect(name).not.toContain('..');
        expect(name.length).toBeLessThanOrEqual(80);
        expect(name.endsWith('.')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('differs where serial numbers differ', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        fc.pre(a !== b);
        expect(safeNamePart(a)).not.toBe(safeNamePart(b));
      }),
      { numRuns: 500 },
    );
    // Made to equal what the other becomes.
    expect(safeNamePart(safeNamePart('a\nb'))).not.toBe(safeNamePart('a\nb'));
  });

  it('is never the same for two cards', () => {
    const anyCard = fc.record({
      usb: fc.option(
        fc.record({
          serial: fc.option(fc.constantFrom('A', 'B', 'port1-1', '0000', 'a/b')),
          busPath: fc.option(fc.constantFrom('1-1', '1-2')),
          interfaceNumber: fc.option(fc.constantFrom(0, 1)),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(anyCard, { maxLength: 8 }), (drawn) => {
        const cards = drawn.map(({ usb }, index) => card(index, usb));
        const names = namesOf(cards);
        expect(names).toHaveLength(cards.length);
        expect(new Set(names).size).toBe(cards.length);
      }),
    );
  });

  it('makes no claim without a serial number', () => {
    expect(claimOf({ vendorId: '0869', productId: '0389', serial: null })).toBeNull();
    expect(claimOf(null)).toBeNull();
  });
});

describe('the folder of a microphone', () => {
  it('is its name, and another one where only the case differs', () => {
    expect(workspaceFor('0869-0389-034F', [])).toBe('0869-0389-034F');
    expect(workspaceFor('0869-0389-034F', ['0869-0389-034f'])).toBe('0869-0389-034F_2');
  });
});
