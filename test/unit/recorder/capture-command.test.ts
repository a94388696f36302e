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
  live: true,
  gainDb: 6,
  highpassHz: 80,
  segmentDurationS: 10,
};
const paths = {
  bufferRawDir: '/b/raw',
  bufferProcessedDir: '/b/50%',
  rawList: '/r.csv',
  processedList: '/p.csv',
  livePort: null,
};
const args = (parts: Partial<CaptureConfig> = {}, livePort: number | null = null): string[] =>
  captureArguments({ ...config, ...parts }, { ...paths, livePort }, '0a1b2c3d');

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

describe('the live output', () => {
  const PORT = 61_234;

  it('is the processed stream once more, and leaves both files as they are', () => {
    const graph = after(args({}, PORT), '-filter_complex') ?? '';
    expect(graph).toMatch(/asetnsamples=n=960:p=0,asplit=2\[processed\]\[live\]$/);
    expect(graph).toContain('[r]asetnsamples=n=7680:p=0[raw]');
    const [files] = [args({}, PORT).slice(args().indexOf('-map'), args().length)];
    expect(files).toEqual(args().slice(args().indexOf('-map')));
  });

  it('is made of the raw stream where there is no processed one, with the cheaper resampler', () => {
    const graph = after(args({ processed: false }, PORT), '-filter_complex');
    expect(graph).toMatch(/;\[d\]aresample=48000:filter_size=16,asetnsamples=n=960:p=0\[live\]$/);
    expect(graph).not.toContain('soxr');
  });

  it('goes through a queue that rather loses it than waits', () => {
    const list = args({}, PORT);
    const live = list.indexOf('[live]');
    expect(after(list, '-f', live)).toBe('fifo');
    expect(after(list, '-drop_pkts_on_overflow', live)).toBe('1');
    expect(after(list, '-attempt_recovery', live)).toBe('1');
  });

  it('leaves from an address that tells this run from another', () => {
    expect(args({}, PORT).at(-1)).toBe(
      'udp://127.0.0.1:61234?pkt_size=1472&localaddr=127.11.27.45',
    );
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'puts whole frames of %i channels into each datagram',
    (channels) => {
      const size = Number(/pkt_size=(\d+)/.exec(args({ channels }, PORT).at(-1) ?? '')?.[1]);
      expect(size % (2 * channels)).toBe(0);
      expect(size).toBeLessThanOrEqual(1472);
      expect(size).toBeGreaterThan(1400);
    },
  );

  it('is left out where the profile leaves it out, and where there is no port', () => {
    expect(args({ live: false }, PORT)).toEqual(args({ live: false }));
    expect(args({ live: false }, PORT).join(' ')).not.toContain('live]');
    expect(args().join(' ')).not.toContain('live]');
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
      { live: false },
    ];
    for (const part of others)
      expect(configHash({ ...config, ...part })).not.toBe(configHash(config));
  });
});
