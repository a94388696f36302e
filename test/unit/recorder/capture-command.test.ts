import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureArguments, packetsPerSecond } from '@main/recorder/capture-command';
import { type CaptureConfig, configHash } from '@main/recorder/capture-config';

const config: CaptureConfig = {
  device: 'd',
  workspace: 'd',
  input: { type: 'alsa', pcm: 'hw:CARD=UltraMic,DEV=0' },
  sampleRateHz: 384_000,
  channels: 1,
  format: 'S24LE',
  raw: true,
  processed: true,
  gainDb: 6,
  highpassHz: 80,
  segmentDurationS: 10,
};
const paths = {
  bufferRawDir: '/b/raw',
  bufferProcessedDir: '/b/50%',
  rawList: '/r.csv',
  processedList: '/p.csv',
};
const args = (parts: Partial<CaptureConfig> = {}): string[] =>
  captureArguments({ ...config, ...parts }, paths, '0a1b2c3d');

/** The value after an option, at or after a position. */
function after(list: readonly string[], option: string, from = 0): string | undefined {
  return list[list.indexOf(option, from) + 1];
}

describe('the capture command', () => {
  it('tells the input its format before -i, where alone it is heard', () => {
    const list = args();
    expect(list.indexOf('-c:a')).toBeLessThan(list.indexOf('-i'));
    expect(after(list, '-c:a')).toBe('pcm_s24le');
    expect(after(list, '-sample_rate')).toBe('384000');
    expect(after(list, '-i')).toBe('hw:CARD=UltraMic,DEV=0');
  });

  it('lets nothing touch the raw stream', () => {
    const graph = after(args(), '-filter_complex') ?? '';
    const raw = graph.split(';').find((chain) => chain.endsWith('[raw]'));
    expect(raw).toBe('[r]asetnsamples=n=7680:p=0[raw]');
    expect(graph).toContain('highpass=f=80,volume=6dB');
  });

  it('counts samples itself instead of believing timestamps', () => {
    expect(after(args(), '-filter_complex')).toMatch(/^\[0:a\]asetpts=N\/SR\/TB,/);
  });

  it('gives each output its own codec, list and flushing', () => {
    const list = args();
    const second = list.indexOf('-map', list.indexOf('-map') + 1);
    expect(after(list, '-c:a', list.indexOf('-map'))).toBe('pcm_s24le');
    expect(after(list, '-c:a', second)).toBe('pcm_s16le');
    expect(after(list, '-segment_list', second)).toBe('/p.csv');
    expect(list.filter((arg) => arg === '-flush_packets')).toHaveLength(2);
  });

  it('keeps a % in a folder name from being taken for a number', () => {
    expect(args().at(-1)).toBe('/b/50%%/0a1b2c3d_%08d.wav');
  });

  it('leaves out the stream that the profile leaves out', () => {
    expect(args({ processed: false }).filter((arg) => arg === '-map')).toHaveLength(1);
    expect(args({ raw: false }).filter((arg) => arg === '-map')).toHaveLength(1);
    expect(after(args({ raw: false }), '-filter_complex')).not.toContain('asplit');
  });

  it('makes RF64 only of what could outgrow a WAV header', () => {
    expect(after(args(), '-segment_format_options')).toBe('flush_packets=1');
    const long = args({ channels: 8, segmentDurationS: 3600 });
    expect(after(long, '-segment_format_options')).toContain('rf64=auto');
  });

  it('packs every whole second of both streams into whole packets, at any rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8_000, max: 768_000 }), (rate) => {
        const count = packetsPerSecond(rate);
        expect(rate % count).toBe(0);
        expect(48_000 % count).toBe(0);
      }),
    );
    expect(packetsPerSecond(384_000)).toBe(50);
    expect(packetsPerSecond(44_100)).toBe(50);
    expect(packetsPerSecond(22_050)).toBe(50);
    expect(packetsPerSecond(11_025)).toBe(25);
  });
});

describe('the hash of a configuration', () => {
  it('does not depend on the order of its parts, and changes with any of them', () => {
    const reversed = Object.fromEntries(
      Object.entries(config).reverse(),
    ) as unknown as CaptureConfig;
    expect(configHash(reversed)).toBe(configHash(config));
    const others: Partial<CaptureConfig>[] = [
      { gainDb: 7 },
      { segmentDurationS: 11 },
      { input: { type: 'alsa', pcm: 'other' } },
      { highpassHz: null },
      { raw: false },
    ];
    for (const part of others)
      expect(configHash({ ...config, ...part })).not.toBe(configHash(config));
  });
});
