import type { CaptureOffer } from '@shared/model/device';

/** A sound card that can capture, as the scan found it. Everything in it may change at the next scan. */
export interface CaptureCard {
  readonly index: number;
  /** ALSA's id for the card, e.g. `Microphone`; letters, digits, `_`. Null when it is not usable as one. */
  readonly id: string | null;
  /** ALSA's short name, e.g. `384kHz AudioMoth USB Microphone`. */
  readonly name: string;
  /** ALSA's long name without the place, e.g. `openacousticdevices.info 384kHz AudioMoth USB Microphone`. */
  readonly longName: string;
  /** Number of the first PCM device that captures. */
  readonly captureDevice: number;
  /** What that PCM can capture; null when it could not be told now. */
  readonly offers: CaptureOffer[] | null;
  readonly usb: UsbFacts | null;
}

/** What the USB device behind a card says of itself. Nothing of it can be trusted to be unique or sane. */
export interface UsbFacts {
  /** Four lower-case hexadecimal digits. */
  readonly vendorId: string;
  readonly productId: string;
  /** As the device tells it; null when it tells none. */
  readonly serial: string | null;
  /** Where it is plugged in, e.g. `1-1.3`; null when sysfs does not say. */
  readonly busPath: string | null;
  /** Number of the USB interface that carries the card, for devices that carry two. */
  readonly interfaceNumber: number | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
  /** A video interface sits beside the sound: a webcam or a capture stick. */
  readonly hasVideo: boolean;
}

/** The PCM that opens this card: by id, because the index changes. */
export function pcmOf(card: CaptureCard): string {
  const device = String(card.captureDevice);
  return card.id === null
    ? `hw:${String(card.index)},${device}`
    : `hw:CARD=${card.id},DEV=${device}`;
}
