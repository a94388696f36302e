import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureTime, type TimeFacts } from '@main/importing/capture-time';
import { fileNameTime } from '@main/importing/file-name-time';
import { offsetOf, zonedTime } from '@main/importing/local-time';

const facts = (more: Partial<TimeFacts>): TimeFacts => ({
  metadata: { guano: null, bext: null, comment: null },
  fileName: 'sound.wav',
  modifiedMs: Date.UTC(2020, 0, 1),
  durationS: 60,
  timezone: 'Europe/Berlin',
  latestMs: null,
  ...more,
});
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const withGuano = (text: string): Partial<TimeFacts> => ({
  metadata: { guano: new Map([['Timestamp', text]]), bext: null, comment: null },
});
const withComment = (comment: string): Partial<TimeFacts> => ({
  metadata: { guano: null, bext: null, comment },
});

describe('the time in a file name', () => {
  it.each<[kind: string, name: string, local: string, offsetH?: number]>([
    ['AudioMoth', '20210815_203000.WAV', '2021-08-15T20:30:00Z'],
    ['AudioMoth, triggered', '20210815_203000T.WAV', '2021-08-15T20:30:00Z'],
    ['AudioMoth with its number', '24F3190160374A3E_20210815_203000.WAV', '2021-08-15T20:30:00Z'],
    ['AudioMoth 1.0', '5AF6C1A8.WAV', '2018-05-12T10:27:52Z', 0],
    ['Song Meter', 'SITE1_20210815_203000.wav', '2021-08-15T20:30:00Z'],
    ['Song Meter 4', 'S4A01234_0+1_20210815_203000.wav', '2021-08-15T20:30:00Z'],
    ['Song Meter, triggered', 'SITE_20210815$203000.wav', '2021-08-15T20:30:00Z'],
    ['Kaleidoscope', 'SITE_20210815_203000_000.wav', '2021-08-15T20:30:00Z'],
    ['Batlogger', '20210815_203000-0001.wav', '2021-08-15T20:30:00Z'],
    ['Swift', 'S1094_20210815_203000_+0200.wav', '2021-08-15T20:30:00Z', 2],
    ['Frontier Labs', '20210815T203000+1000_REC.wav', '2021-08-15T20:30:00Z', 10],
    ['Frontier Labs in the west', '20210815T203000-0500_REC.wav', '2021-08-15T20:30:00Z', -5],
    ['a zone in brackets', '20210815_203000(-0700).wav', '2021-08-15T20:30:00Z', -7],
    ['a zone behind the date', 'S4_20210815+0200_203000.wav', '2021-08-15T20:30:00Z', 2],
    ['fourteen digits', '20210815203000.wav', '2021-08-15T20:30:00Z'],
    ['Avisoft', 'T2021-08-15_20-30-00_0000001.wav', '2021-08-15T20:30:00Z'],
    ['Anabat', '2021-08-15 20-30-00.wav', '2021-08-15T20:30:00Z'],
    ['Pettersson', 'BatSound_2021-08-15_20_30_00.wav', '2021-08-15T20:30:00Z'],
    ['BirdNET-Pi', 'Parus_major-80-2021-08-15-birdnet-20:30:00.wav', '2021-08-15T20:30:00Z'],
    ['Zoom', '210815-203000.wav', '2021-08-15T20:30:00Z'],
    ['our own', '2021-08-15T20-30-00Z_10s_0123abcd_00000001.wav', '2021-08-15T20:30:00Z', 0],
  ])('of %s is read (%s)', (_, name, local, offsetH) => {
    const told = fileNameTime(name);
    expect(iso(told!.localMs)).toBe(local);
    expect(told!.offsetMs).toBe(offsetH === undefined ? null : offsetH * 3_600_000);
  });

  it.each([
    'M00001.wav',
    '00000001.WAV', // a number, not the year 1970
    '20210815.wav', // eight digits, and no hexadecimal time
    '20211315_203000.wav', // no such month
    '20210230_203000.wav',
    '20210815_256000.wav',
    'IMG_120210815_203000.wav', // part of a longer number
    '202108152030001.wav',
    'ZOOM0001.WAV',
  ])('is not found in %s', (name) => {
    expect(fileNameTime(name)).toBeNull();
  });

  it('is never made up: whatever a file is called, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        fileNameTime(name);
      }),
    );
  });
});

describe('the start of a recording', () => {
  it.each([
    ['2021-08-15T20:30:00+05:30', '2021-08-15T15:00:00Z', null],
    ['2021-08-15T20:30:00Z', '2021-08-15T20:30:00Z', null],
    ['2021-08-15 20:30:00', '2021-08-15T18:30:00Z', 'Europe/Berlin'],
    ['2021-01-15T20:30:00', '2021-01-15T19:30:00Z', 'Europe/Berlin'],
    ['2021-08-15T20:30:00.25Z', '2021-08-15T20:30:00.250Z', null],
  ])('is that of GUANO (%s)', (text, utc, timezone) => {
    const time = captureTime(facts({ ...withGuano(text), fileName: '20200101_000000.wav' }));
    expect(time).toMatchObject({ source: 'guano', timezone, text });
    expect(iso(time.utcMs)).toBe(utc);
  });

  it.each([
    [
      'Recorded at 20:30:00 15/08/2021 (UTC) by AudioMoth 24F3190160374A3E at gain setting 2',
      '20:30:00',
    ],
    [
      'Recorded at 20:30:00 15/08/2021 (UTC+2) by AudioMoth 24F3190160374A3E at medium gain',
      '18:30:00',
    ],
    ['Recorded at 20:30:00 15/08/2021 (UTC-3:30) by AudioMoth 24F3190160374A3E', '00:00:00'],
    ['Recorded at 20:30:00 15/08/2021 by AudioMoth 24F3190160374A3E at gain setting 2', '20:30:00'],
  ])('is that of an AudioMoth’s comment (%s)', (comment, clock) => {
    const time = captureTime(facts({ ...withComment(comment), fileName: '20200101_000000.wav' }));
    expect(time).toMatchObject({ source: 'audiomoth_comment', timezone: null });
    expect(iso(time.utcMs).slice(11, 19)).toBe(clock);
  });

  it('is that of broadcast metadata, in the zone that was given', () => {
    const bext = {
      description: '',
      originator: '',
      originatorReference: '',
      originationDate: '2021:08:15',
      originationTime: '20-30-00',
    };
    const time = captureTime(
      facts({ metadata: { guano: null, bext, comment: null }, timezone: 'Asia/Kathmandu' }),
    );
    expect(time).toMatchObject({ source: 'bext', timezone: 'Asia/Kathmandu' });
    expect(iso(time.utcMs)).toBe('2021-08-15T14:45:00Z');
  });

  it('passes over what cannot be, and says so', () => {
    const never = 'Recorded at 00:00:12 01/01/1970 (UTC) by AudioMoth 24F3190160374A3E';
    const time = captureTime(facts({ ...withComment(never), fileName: '20210815_203000.WAV' }));
    expect(time).toMatchObject({ source: 'file_name' });
    expect(time.note).toContain('AudioMoth comment cannot be right');
  });

  it('does not lie in the future: the next word is taken, and it is said', () => {
    const latestMs = Date.UTC(2026, 10, 22);
    const guano = withGuano('2099-12-31T23:59:59Z');
    const time = captureTime(facts({ ...guano, fileName: '20210815_203000.WAV', latestMs }));
    expect(time).toMatchObject({ source: 'file_name', utcMs: Date.UTC(2021, 7, 15, 18, 30) });
    expect(time.note).toBe(
      'the time in its GUANO metadata cannot be right (it lies in the future: 2099-12-31T23:59:59Z)',
    );
    // Where nobody knows what time it is, nobody can tell.
    expect(captureTime(facts({ ...guano, latestMs: null }))).toMatchObject({ source: 'guano' });
    const written = captureTime(facts({ modifiedMs: Date.UTC(2099, 0), latestMs }));
    expect(written.note).toContain('last written, which lies in the future');
  });

  it('is when the file was last written, less its length, where nothing else tells', () => {
    const time = captureTime(facts({}));
    expect(time).toMatchObject({ source: 'file_time', utcMs: Date.UTC(2020, 0, 1) - 60_000 });
    expect(time.note).not.toBe('');
  });
});

describe('local time', () => {
  it.each([
    ['2021-10-31T02:30:00Z', '2021-10-31T00:30:00Z', 'twice'],
    ['2021-03-28T02:30:00Z', '2021-03-28T01:30:00Z', 'skipped'],
    ['2021-03-28T03:30:00Z', '2021-03-28T01:30:00Z', null],
    ['2021-10-31T03:30:00Z', '2021-10-31T02:30:00Z', null],
  ])('%s in Berlin is %s (%s)', (local, utc, doubt) => {
    const time = zonedTime(Date.parse(local), 'Europe/Berlin');
    expect([iso(time.utcMs), time.doubt]).toEqual([utc, doubt]);
  });

  it('is what clocks show, in every zone, unless they never do', () => {
    const zones = [
      'Europe/Berlin',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2060, 0) }),
        fc.constantFrom(...zones),
        (ms, zone) => {
          const utcMs = Math.floor(ms / 1000) * 1000;
          const shown = new Date(utcMs).toLocaleString('sv-SE', { timeZone: zone });
          const { utcMs: back, doubt } = zonedTime(Date.parse(`${shown.replace(' ', 'T')}Z`), zone);
          expect(doubt === 'skipped').toBe(false);
          expect(doubt === 'twice' ? back <= utcMs : back === utcMs).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['Z', 0],
    ['+02:00', 7_200_000],
    ['-0530', -19_800_000],
    ['+2', 7_200_000],
    ['+5.5', 19_800_000],
    ['+99', null],
    ['two', null],
  ])('knows the offset %s', (text, ms) => {
    expect(offsetOf(text)).toBe(ms);
  });
});
