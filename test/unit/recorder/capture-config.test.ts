import { describe, expect, it } from 'vitest';
import type { CaptureOffer, Device } from '@shared/model/device';
import { captureConfig, configHash } from '@main/recorder/capture-config';
import { profileOf } from '../../support/profile';

const STEREO_44: CaptureOffer[] = [{ format: 'S24LE', channels: 2, rates: [44_100] }];
const GENERIC = profileOf('generic_usb');

function microphone(offers: CaptureOffer[] | null, parts: Partial<Device> = {}): Device {
  return {
    name: '0d8c-0014-port1-1.4',
    displayName: 'USB PnP',
    kind: 'usb',
    identityBasis: 'port',
    ambiguous: false,
    usbVendorId: '0d8c',
    usbProductId: '0014',
    usbSerial: null,
    usbBusPath: '1-1.4',
    alsaCardIndex: 1,
    alsaCardId: 'Device',
    alsaName: 'USB PnP',
    pcm: 'hw:CARD=Device,DEV=0',
    offers,
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
    workspace: '0d8c-0014-port1-1.4',
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}

describe('how a microphone is captured', () => {
  it('follows what the card offers where only the fallback profile is known', () => {
    expect(captureConfig(microphone(STEREO_44), GENERIC)).toMatchObject({
      sampleRateHz: 44_100,
      channels: 2,
      format: 'S24LE',
      processed: true,
    });
  });

  it('follows a profile that is meant for it, whatever the card offers', () => {
    expect(captureConfig(microphone(STEREO_44), profileOf('moth'))).toMatchObject({
      sampleRateHz: 48_000,
      channels: 1,
      format: 'S16LE',
    });
  });

  it.each([
    ['tells nothing', null],
    ['offers nothing that can be recorded', []],
  ])('is the fallback profile itself where the card %s', (_, offers) => {
    expect(captureConfig(microphone(offers), GENERIC)).toMatchObject({
      sampleRateHz: 48_000,
      channels: 1,
      format: 'S16LE',
    });
  });

  it('stays the same when the card is only later known to offer it, so that nothing is restarted', () => {
    const offers: CaptureOffer[] = [
      { format: 'S32LE', channels: 2, rates: [192_000] },
      { format: 'S16LE', channels: 1, rates: { min: 8000, max: 48_000 } },
    ];
    const [before, after] = [null, offers].map((known) =>
      captureConfig(microphone(known), GENERIC)!,
    );
    expect(configHash(after!)).toBe(configHash(before!));
  });
});
