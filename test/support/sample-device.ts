import type { Device } from '@shared/model/device';

/** A USB microphone that is plugged in and enrolled. */
export function sampleDevice(changes: Partial<Device> = {}): Device {
  return {
    name: 'mic-1',
    displayName: 'Mic 1',
    kind: 'usb',
    identityBasis: 'serial',
    ambiguous: false,
    usbVendorId: '16d0',
    usbProductId: '06f3',
    usbSerial: 'A1',
    usbBusPath: '1-1',
    alsaCardIndex: 1,
    alsaCardId: 'Microphone',
    alsaName: 'Microphone',
    pcm: 'hw:CARD=Microphone,DEV=0',
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
    workspace: 'mic-1',
    firstSeenAt: '2026-05-01T11:00:00.000Z',
    lastSeenAt: '2026-05-01T12:00:00.000Z',
    ...changes,
  };
}
