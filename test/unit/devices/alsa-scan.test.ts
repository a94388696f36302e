import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlsaScanner, parseCards } from '@main/devices/alsa-scan';
import { pcmOf } from '@main/devices/capture-card';
import { fakeMachine, type FakeMachine } from '../../support/file-tree';

const scan = (machine: FakeMachine) => new AlsaScanner(machine).scan();

/** Another USB microphone for a machine. */
function microphone(
  card: number,
  port: string,
  facts: { serial?: string; product?: string; id?: string } = {},
) {
  const usb = `sys/devices/pci0000:00/0000:00:14.0/usb1/${port}`;
  return [
    `proc/asound/card${String(card)}/id: ${facts.id ?? 'Mic'}`,
    `proc/asound/card${String(card)}/pcm0c/info: card: ${String(card)}`,
    `sys/class/sound/card${String(card)} -> ../../devices/pci0000:00/0000:00:14.0/usb1/${port}/${port}:1.0/sound/card${String(card)}`,
    `${usb}/${port}:1.0/sound/card${String(card)}/device -> ../../../${port}:1.0`,
    `${usb}/${port}:1.0/bInterfaceClass: 01`,
    `${usb}/idVendor: 1234`,
    `${usb}/idProduct: abcd`,
    ...(facts.serial === undefined ? [] : [`${usb}/serial: ${facts.serial}`]),
    ...(facts.product === undefined ? [] : [`${usb}/product: ${facts.product}`]),
  ].join('\n');
}

describe('the scan for sound cards', () => {
  it('finds an AudioMoth on a Pi 5 with its USB identity, and leaves the HDMI outputs alone', async () => {
    const cards = await scan(fakeMachine('pi5-audiomoth'));
    expect(cards).toEqual([
      {
        index: 0,
        id: 'Microphone',
        name: '384kHz AudioMoth USB Microphone',
        longName: 'openacousticdevices.info 384kHz AudioMoth USB Microphone',
        captureDevice: 0,
        offers: [{ format: 'S16LE', channels: 1, rates: [384_000] }],
        usb: {
          vendorId: '16d0',
          productId: '06f3',
          serial: '0384_2453800264933F8F',
          busPath: '2-1',
          interfaceNumber: 0,
          manufacturer: 'openacousticdevices.info',
          product: '384kHz AudioMoth USB Microphone',
          hasVideo: false,
        },
      },
    ]);
    expect(cards.map(pcmOf)).toEqual(['hw:CARD=Microphone,DEV=0']);
  });

  it('leaves a USB speaker and the headphone jack alone', async () => {
    const cards = await scan(fakeMachine('pi4-onboard'));
    expect(cards.map((card) => [card.id, card.usb?.busPath])).toEqual([['Device', '1-1.4']]);
  });

  it('leaves a MIDI keyboard and the sound chip of the mainboard alone', async () => {
    const cards = await scan(fakeMachine('desktop-umc404hd'));
    expect(cards.map((card) => card.name)).toEqual(['UMC404HD 192k']);
  });

  it('leaves I²S cards alone: a person adds them by their PCM name', async () => {
    const cards = await scan(fakeMachine('pi-ultramics'));
    expect(cards.map((card) => card.id)).toEqual(['r0', 'r4']);
  });

  it('sees that a webcam and a video capture stick hold a camera', async () => {
    expect((await scan(fakeMachine('desktop-webcam')))[0]?.usb?.hasVideo).toBe(true);
    expect((await scan(fakeMachine('desktop-capture-stick')))[0]?.usb).toMatchObject({
      hasVideo: true,
      busPath: '1-5',
      interfaceNumber: 1,
    });
  });

  it('follows the deepest real sysfs path to the USB device', async () => {
    const [card] = await scan(fakeMachine('desktop-scarlett'));
    expect(card?.usb).toMatchObject({
      vendorId: '1235',
      productId: '8214',
      busPath: '1-7',
      serial: 'F9J90ZJ2108A9F',
    });
  });

  it('tells no serial number where the device has none', async () => {
    expect((await scan(fakeMachine('desktop-umc204hd')))[0]?.usb?.serial).toBeNull();
    expect((await scan(fakeMachine('desktop-rode-nt-usb')))[0]?.usb?.serial).toBeNull();
  });

  it('finds nothing, without a complaint, on a machine without sound', async () => {
    expect(await scan(fakeMachine())).toEqual([]);
    const machine = fakeMachine();
    machine.add('proc/asound/cards: --- no soundcards ---');
    expect(await scan(machine)).toEqual([]);
  });

  it('reads a two-digit card number', async () => {
    const machine = fakeMachine();
    machine.add(
      `proc/asound/cards:\n| 10 [Mic            ]: USB-Audio - Mic\n|                       Mic at usb-0000:00:14.0-1, full speed`,
    );
    machine.add(microphone(10, '1-1'));
    expect((await scan(machine))[0]).toMatchObject({ index: 10, longName: 'Mic' });
  });

  it('takes the lowest capture PCM of a card', async () => {
    const machine = fakeMachine('pi5-audiomoth');
    machine.remove('proc/asound/card0/pcm0c');
    machine.add('proc/asound/card0/pcm2c/info: x\nproc/asound/card0/pcm11c/info: x');
    expect((await scan(machine)).map(pcmOf)).toEqual(['hw:CARD=Microphone,DEV=2']);
  });

  it('asks the stream of the PCM that it would open for what can be captured', async () => {
    const machine = fakeMachine('pi5-audiomoth');
    machine.remove('proc/asound/card0/pcm0c');
    machine.add('proc/asound/card0/pcm2c/info: x');
    expect((await scan(machine))[0]?.offers).toBeNull();
    machine.add(
      'proc/asound/card0/stream2:\n| Capture:\n|   Interface 1\n|     Altset 1\n|     Format: S32_LE\n|     Channels: 4\n|     Rates: 96000',
    );
    expect((await scan(machine))[0]?.offers).toEqual([
      { format: 'S32LE', channels: 4, rates: [96_000] },
    ]);
  });

  it('still knows vendor and product when sysfs is not there', async () => {
    const machine = fakeMachine('pi5-audiomoth');
    machine.remove('sys');
    expect((await scan(machine))[0]?.usb).toMatchObject({
      vendorId: '16d0',
      serial: null,
      busPath: null,
    });
  });

  it('leaves out a card that vanishes while it looks, and finds it when it is back', async () => {
    const machine = fakeMachine('pi5-audiomoth');
    machine.remove('proc/asound/card0');
    const scanner = new AlsaScanner(machine);
    expect(await scanner.scan()).toEqual([]);
    machine.add('proc/asound/card0/id: Microphone\nproc/asound/card0/pcm0c/info: x');
    expect(await scanner.scan()).toHaveLength(1);
  });

  it('gives the same array back while nothing changes, also after a deep look', async () => {
    const scanner = new AlsaScanner(fakeMachine('pi5-audiomoth'));
    const first = await scanner.scan();
    expect(await scanner.scan()).toBe(first);
    expect(await scanner.scan(true)).toBe(first);
  });

  it('sees with a deep look what the list of cards does not show', async () => {
    const machine = fakeMachine();
    machine.add(
      'proc/asound/cards:\n|  0 [Mic            ]: USB-Audio - Mic\n|                       Mic at usb-0000:00:14.0-1, full speed',
    );
    machine.add(microphone(0, '1-1', { serial: 'A' }));
    const scanner = new AlsaScanner(machine);
    expect((await scanner.scan())[0]?.usb?.serial).toBe('A');
    machine.add(microphone(0, '1-1', { serial: 'B' }));
    expect((await scanner.scan())[0]?.usb?.serial).toBe('A');
    expect((await scanner.scan(true))[0]?.usb?.serial).toBe('B');
  });

  it('bounds and flattens what a hostile device says, and keeps the card id to itself', async () => {
    const machine = fakeMachine();
    const evil = 'Evil\n 7 [Fake           ]: USB-Audio - Fake';
    machine.add(
      `proc/asound/cards:\n| ${` 0 [Mic            ]: USB-Audio - ${evil}`.split('\n').join('\n| ')}\n|                       x`,
    );
    machine.add(
      microphone(0, '1-1', {
        product: `🦇\u001b[31m${'x'.repeat(300)}`,
        serial: '../../etc\u0007',
      }),
    );
    const [card, ...others] = await scan(machine);
    expect(others).toEqual([]);
    expect(card?.id).toBe('Mic');
    expect(Array.from(card?.usb?.product ?? '').length).toBe(200);
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(card?.usb?.product).not.toMatch(/[\u0000-\u001f]/);
    expect(card?.usb?.serial).toBe('../../etc\u0007');
  });

  it('opens a card whose id is unusable by its number', async () => {
    const machine = fakeMachine('pi5-audiomoth');
    machine.add('proc/asound/card0/id: a,b=c');
    expect((await scan(machine)).map(pcmOf)).toEqual(['hw:0,0']);
  });

  it('never fails on garbage', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        ' 0 [',
        ']: ',
        ' - ',
        '\n',
        ' at usb-',
        '\0',
        '🦇',
        ' 1 [Mic            ]: USB-Audio - Mic',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const cards = parseCards(pieces.join(''));
        expect(new Set(cards.map((card) => card.index)).size).toBe(cards.length);
      }),
    );
  });

  it('parses every line of every captured list', () => {
    for (const [fixture, count] of [
      ['pi4-onboard', 5],
      ['desktop-umc404hd', 4],
    ] as const) {
      const machine = fakeMachine(fixture);
      expect(parseCards(readFileSync(join(machine.procRoot, 'asound/cards'), 'utf8'))).toHaveLength(
        count,
      );
    }
  });
});
