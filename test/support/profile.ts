import type { Profile } from '@shared/model/profile';

type Parts = { [Part in 'audio' | 'processing' | 'stream']?: Partial<Profile[Part]> };

/** A valid profile that matches nothing: 48 kHz mono 16 bit, segments of one second, unless said otherwise. */
export function profileOf(slug: string, parts: Parts = {}): Profile {
  return {
    slug,
    name: slug,
    description: '',
    manufacturer: '',
    model: '',
    audio: {
      sample_rate: 48_000,
      channels: 1,
      format: 'S16LE',
      match: { usb_vendor_id: null, usb_product_id: [], alsa_name_contains: null },
      ...parts.audio,
    },
    processing: { gain_db: 0, highpass_filter_hz: null, ...parts.processing },
    stream: {
      raw_enabled: true,
      processed_enabled: true,
      live_stream_enabled: false,
      segment_duration_s: 1,
      ...parts.stream,
    },
  };
}
