import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RefusalWord } from '@main/wav/survey';
import type { CorpusFile } from './corpus-file';

interface Conversion {
  readonly name: string;
  readonly ending: string;
  readonly rate: number;
  readonly channels: number;
  /** How ffmpeg calls the samples of the WAV file that is kept; for refused files only what is written. */
  readonly codec: string;
  readonly options?: readonly string[];
  readonly expected: 'whole' | 'convertible' | RefusalWord;
}

/** Bits and type by ffmpeg's name. */
const SAMPLES: Readonly<Record<string, readonly [number, 'integer' | 'float', string]>> = {
  pcm_u8: [8, 'integer', 'u8'],
  pcm_s16le: [16, 'integer', 's16le'],
  pcm_s24le: [24, 'integer', 's24le'],
  pcm_s32le: [32, 'integer', 's32le'],
  pcm_f32le: [32, 'float', 'f32le'],
  pcm_f64le: [64, 'float', 'f64le'],
};

const wav = (
  codec: string,
  rate: number,
  channels = 1,
  options: readonly string[] = [],
  note = '',
): Conversion => ({
  name: `${codec.slice(4)} ${String(rate)} Hz ${String(channels)} ch${note}`,
  ending: 'wav',
  rate,
  channels,
  codec,
  options,
  expected: 'whole',
});

const other = (
  name: string,
  ending: string,
  codec: string,
  expected: RefusalWord,
  { rate = 44_100, format }: { readonly rate?: number; readonly format?: string } = {},
): Conversion => ({
  name,
  ending,
  rate,
  channels: 1,
  codec,
  options: format === undefined ? [] : ['-f', format],
  expected,
});

const flac = (rate: number, channels: number, bits: 16 | 24): Conversion => ({
  name: `flac ${String(bits)} bit ${String(rate)} Hz ${String(channels)} ch`,
  ending: 'flac',
  rate,
  channels,
  codec: bits === 16 ? 'pcm_s16le' : 'pcm_s24le',
  options: [
    '-c:a',
    'flac',
    '-sample_fmt',
    bits === 16 ? 's16' : 's32',
    '-metadata',
    'comment=Recorded at dawn',
  ],
  expected: 'convertible',
});

const CONVERSIONS: readonly Conversion[] = [
  wav('pcm_u8', 8_000),
  wav('pcm_u8', 22_050, 2),
  wav('pcm_s16le', 8_000),
  wav('pcm_s16le', 22_050),
  wav('pcm_s16le', 32_000, 2),
  wav('pcm_s16le', 44_100, 2),
  wav('pcm_s16le', 48_000),
  wav('pcm_s16le', 96_000, 4),
  wav('pcm_s16le', 192_000),
  wav('pcm_s16le', 250_000),
  wav('pcm_s16le', 256_000, 2),
  wav('pcm_s16le', 384_000),
  wav('pcm_s16le', 500_000),
  wav('pcm_s24le', 24_000),
  wav('pcm_s24le', 48_000, 2),
  wav('pcm_s24le', 192_000, 1),
  wav('pcm_s24le', 384_000, 2),
  wav('pcm_s32le', 48_000, 1),
  wav('pcm_s32le', 384_000, 1),
  wav('pcm_f32le', 48_000, 1),
  wav('pcm_f32le', 192_000, 2),
  wav('pcm_f64le', 96_000, 1),
  wav('pcm_s16le', 48_000, 1, ['-rf64', 'always'], ' RF64'),
  wav('pcm_s24le', 384_000, 1, ['-rf64', 'auto'], ' with room for RF64'),
  wav('pcm_s16le', 48_000, 1, ['-fflags', '+bitexact', '-flags:a', '+bitexact'], ' without LIST'),
  wav(
    'pcm_s16le',
    48_000,
    1,
    ['-write_bext', '1', '-metadata', 'origination_date=2024-05-03'],
    ' with bext',
  ),
  wav('pcm_s16le', 48_000, 1, ['-write_peak', 'on'], ' with PEAK'),
  wav('pcm_s16le', 48_000, 1, ['-metadata', 'comment=Recorded at dawn'], ' with a comment'),
  flac(48_000, 1, 16),
  flac(44_100, 2, 16),
  flac(192_000, 1, 24),
  flac(384_000, 1, 16),
  other('A-law', 'wav', 'pcm_alaw', 'COMPRESSED'),
  other('mu-law', 'wav', 'pcm_mulaw', 'COMPRESSED'),
  other('Microsoft ADPCM', 'wav', 'adpcm_ms', 'COMPRESSED'),
  other('IMA ADPCM', 'wav', 'adpcm_ima_wav', 'COMPRESSED'),
  other('G.726', 'wav', 'adpcm_g726', 'COMPRESSED', { rate: 8_000 }),
  other('MP3 in WAV', 'wav', 'libmp3lame', 'COMPRESSED'),
  other('AC-3 in WAV', 'wav', 'ac3', 'COMPRESSED'),
  other('MP3', 'mp3', 'libmp3lame', 'OTHER_FORMAT'),
  other('Vorbis', 'ogg', 'libvorbis', 'OTHER_FORMAT'),
  other('AAC', 'm4a', 'aac', 'OTHER_FORMAT'),
  other('AIFF', 'aiff', 'pcm_s16be', 'OTHER_FORMAT'),
  other('Wave64', 'w64', 'pcm_s16le', 'OTHER_FORMAT'),
  other('Core Audio', 'caf', 'pcm_s16le', 'OTHER_FORMAT'),
  other('Sun', 'au', 'pcm_s16be', 'OTHER_FORMAT'),
  other('WebM', 'webm', 'libvorbis', 'OTHER_FORMAT'),
  other('WavPack', 'wv', 'wavpack', 'OTHER_FORMAT'),
  other('raw samples', 'wav', 'pcm_s16le', 'NOT_SOUND', { format: 's16le' }),
  other('MP3 called wav', 'wav', 'libmp3lame', 'OTHER_FORMAT', { format: 'mp3' }),
];

/** A fifth of a second of the sounds in the formats of the field, each from the next sound in turn; one run of ffmpeg. */
export function convertedFiles(folder: string, sounds: readonly string[]): CorpusFile[] {
  const outputs = CONVERSIONS.map((conversion, index) => {
    const { name, ending, rate, channels, codec, options = [] } = conversion;
    const path = join(folder, `${name}.${ending}`);
    const hasSamples = conversion.expected === 'whole' || conversion.expected === 'convertible';
    const stretch = ['-map', `${String(index % sounds.length)}:a`, '-ss', '0.3', '-t', '0.2'];
    const to = ['-ar', String(rate), '-ac', String(channels), '-c:a', codec, ...options, path];
    return {
      conversion,
      path,
      samples: hasSamples ? join(folder, `${String(index)}.samples`) : null,
      args: [...stretch, ...to],
    };
  });
  ffmpeg([...sounds.flatMap((sound) => ['-i', sound]), ...outputs.flatMap(({ args }) => args)]);
  const decoded = outputs.filter(({ samples }) => samples !== null);
  ffmpeg([
    ...decoded.flatMap(({ path }) => ['-i', path]),
    ...decoded.flatMap(({ conversion, samples }, index) => {
      const raw = SAMPLES[conversion.codec]![2];
      return ['-map', `${String(index)}:a`, '-c:a', conversion.codec, '-f', raw, samples!];
    }),
  ]);
  return outputs.map(({ conversion, path, samples }) => {
    const { name, rate, channels, codec, expected } = conversion;
    if (samples === null) {
      return { name, path, expected: { kind: 'refused', word: expected as RefusalWord } };
    }
    const [bitsPerSample, sampleType] = SAMPLES[codec]!;
    const audio = readFileSync(samples);
    rmSync(samples);
    const metadata = conversion.options?.includes('comment=Recorded at dawn')
      ? { comment: 'Recorded at dawn' }
      : conversion.options?.includes('origination_date=2024-05-03')
        ? { bextDate: '2024-05-03' }
        : {};
    return {
      name,
      path,
      expected: {
        kind: expected as 'whole' | 'convertible',
        sampleRateHz: rate,
        channels,
        bitsPerSample,
        sampleType,
        audio,
        metadata,
      },
    };
  });
}

function ffmpeg(args: readonly string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { stdio: 'pipe' });
}
