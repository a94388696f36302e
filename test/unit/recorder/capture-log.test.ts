import { describe, expect, it } from 'vitest';
import { countOverruns, diagnose, parseInputFacts } from '@main/recorder/capture-log';

// As printed by ffmpeg 5.1.9 (Debian 12) and alsa-lib 1.2.8.
const ALSA_START = `Guessed Channel Layout for Input Stream #0.0 : mono
Input #0, alsa, from 'mic384':
  Duration: N/A, start: 1795256613.491242, bitrate: 6144 kb/s
  Stream #0:0: Audio: pcm_s16le, 384000 Hz, mono, s16, 6144 kb/s
Stream mapping:
`;
const LAVFI_START = `Input #0, lavfi, from 'aevalsrc=exprs=sin(t):s=384000':
  Duration: N/A, start: 0.000000, bitrate: 24576 kb/s
  Stream #0:0: Audio: pcm_f64le, 384000 Hz, mono, dbl, 24576 kb/s
`;

describe('what ffmpeg tells of its input', () => {
  it('has the wall clock of the first sample of an ALSA device, to the microsecond', () => {
    expect(parseInputFacts(ALSA_START)).toEqual({
      startWallMs: 1795256613491.242,
      sampleRateHz: 384_000,
      channels: 1,
    });
  });

  it('has no clock where the input has none', () => {
    expect(parseInputFacts(LAVFI_START)).toMatchObject({
      startWallMs: null,
      sampleRateHz: 384_000,
    });
  });

  it('is told of a looped WAV file, too, which has no start', () => {
    const wav = LAVFI_START.replace('N/A, start: 0.000000,', '00:00:01.00,');
    expect(parseInputFacts(wav)).toMatchObject({ startWallMs: null, sampleRateHz: 384_000 });
  });

  it.each([
    ['stereo', 2],
    ['4 channels', 4],
    ['5.1', 6],
    ['quad', 4],
    ['7.1(wide)', 8],
  ])('counts the channels of "%s"', (layout, channels) => {
    expect(parseInputFacts(ALSA_START.replace('mono, s16', `${layout}, s16`))?.channels).toBe(
      channels,
    );
  });

  it('is nothing while it is not there yet, or cut in half', () => {
    expect(parseInputFacts('')).toBeNull();
    expect(parseInputFacts(ALSA_START.slice(0, 150))).toBeNull();
  });
});

describe('why a capture ended', () => {
  it.each([
    ['cannot open audio device hw:CARD=x,DEV=0 (Device or resource busy)', 'DEVICE_BUSY'],
    ['cannot open audio device hw:0 (Permission denied)', 'PERMISSION_DENIED'],
    ['cannot open audio device hw:9 (No such file or directory)', 'DEVICE_GONE'],
    ['ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM nothing', 'DEVICE_GONE'],
    ['[alsa @ 0x5561] ALSA read error: No such device', 'DEVICE_GONE'],
    ['[alsa @ 0x5561] cannot set sample rate (Invalid argument)', 'RATE_NOT_OFFERED'],
    ['[alsa @ 0x5561] cannot set channel count to 2 (Invalid argument)', 'CHANNELS_NOT_OFFERED'],
    ['[alsa @ 0x5561] cannot set sample format 0x10000 2 (Invalid argument)', 'FORMAT_NOT_OFFERED'],
    ['av_interleaved_write_frame(): No space left on device', 'DISK_FULL'],
    ['[segment @ 0x1] Failed to open segment: Read-only file system', 'DATA_FOLDER_UNWRITABLE'],
    ['file:/x.wav: No such file or directory', 'SOURCE_FILE_UNREADABLE'],
    ['Conversion failed!', 'EXITED_UNASKED'],
  ])('is read from "%s" as %s', (line, code) => {
    expect(diagnose(`${ALSA_START}\n${line}\nExiting.\n`).code).toBe(code);
  });

  it('is told in one line without addresses', () => {
    const { detail } = diagnose('[alsa @ 0x5561] ALSA read error: No such device\n');
    expect(detail).toBe('ALSA read error: No such device');
  });

  it('is unknown when ffmpeg said nothing', () => {
    expect(diagnose('\n')).toEqual({ code: 'UNKNOWN', detail: 'ffmpeg ended without a word' });
  });

  it('is not read from what ffmpeg says while all is well', () => {
    const log = `${ALSA_START}\n[segment @ 0x1] Opening '/data/a.wav' for writing\n`;
    expect(diagnose(log, { code: null, signal: 'SIGKILL' })).toEqual({
      code: 'EXITED_UNASKED',
      detail: 'ffmpeg was killed (SIGKILL)',
    });
    expect(diagnose(log, { code: 0, signal: null }).detail).toBe(
      'ffmpeg ended without saying why (exit code 0)',
    );
  });
});

it('counts overruns', () => {
  expect(countOverruns('[alsa @ 0x1] ALSA buffer xrun.\nx\n[alsa @ 0x1] ALSA buffer xrun.\n')).toBe(
    2,
  );
});
