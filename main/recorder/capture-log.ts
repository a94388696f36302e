import type { CaptureErrorCode } from '@shared/model/recorder';
import type { CaptureConfig } from './capture-config';
import type { CaptureFailure } from './capture-failure';

/** What ffmpeg tells of its input before the first sample. */
export interface InputFacts {
  /** Wall clock of the first sample, UTC milliseconds; null when the input has no clock (start 0). */
  readonly startWallMs: number | null;
  /** Hz, as the device really delivers; ffmpeg accepts another rate than asked and tells only here. */
  readonly sampleRateHz: number;
  readonly channels: number;
}

/** Reads the input's description from ffmpeg's log, or null while it is not there yet. */
export function parseInputFacts(log: string): InputFacts | null {
  const input = /^ {2}Duration: [^\n]*?(?:start: (?<start>-?\d+\.\d+)[^\n]*)?$/m.exec(log);
  const stream = /^ {2}Stream #0:0.*?: Audio: .*?, (?<rate>\d+) Hz, (?<layout>[^,\n]+)/m.exec(
    log,
  )?.groups;
  if (input === null || stream === undefined) return null;
  // A looped WAV file has no start at all.
  const seconds = Number(input.groups?.['start'] ?? 0);
  return {
    // Below a year after 1970 it is no wall clock but the input's own zero.
    startWallMs: seconds > 31_536_000 ? seconds * 1000 : null,
    sampleRateHz: Number(stream['rate']),
    channels: channelCount(stream['layout'] ?? ''),
  };
}

function channelCount(layout: string): number {
  const name = layout.trim();
  if (name === 'mono') return 1;
  if (name === 'stereo') return 2;
  const counted = /^(\d+) channels/.exec(name)?.[1];
  if (counted !== undefined) return Number(counted);
  const parts = /^(\d+)\.(\d+)/.exec(name); // 5.1, 7.1(wide) …
  if (parts !== null) return Number(parts[1]) + Number(parts[2]);
  return name === 'quad' ? 4 : 0;
}

/**
 * What the input delivers against what was asked of it. ffmpeg takes another rate and only mentions it: that would be
 * recorded as a lie.
 */
export function contradiction(config: CaptureConfig, facts: InputFacts): CaptureFailure | null {
  // Looped files are resampled to the profile's rate; only a real input must deliver what was asked.
  if (config.input.type !== 'alsa') return null;
  const differs = (code: CaptureErrorCode, what: string, real: number, asked: number) =>
    real === asked
      ? null
      : { code, detail: `the device delivers ${String(real)} ${what}, not ${String(asked)}` };
  return (
    differs('RATE_NOT_OFFERED', 'Hz', facts.sampleRateHz, config.sampleRateHz) ??
    differs('CHANNELS_NOT_OFFERED', 'channels', facts.channels, config.channels)
  );
}

// The first that fits decides; the more telling ones come first. Messages of ffmpeg 5.1 and alsa-lib 1.2.
const CAUSES: readonly (readonly [RegExp, CaptureErrorCode])[] = [
  [/No space left on device/i, 'DISK_FULL'],
  [/Read-only file system/i, 'DATA_FOLDER_UNWRITABLE'],
  [/cannot open audio device .*Device or resource busy/i, 'DEVICE_BUSY'],
  [/cannot open audio device .*(Permission denied|Operation not permitted)/i, 'PERMISSION_DENIED'],
  [
    /cannot open audio device .*(No such (file or directory|device)|No such entity)/i,
    'DEVICE_GONE',
  ],
  [/(Unknown PCM|Invalid CTL|Unable to find definition)/i, 'DEVICE_GONE'],
  [/ALSA read error: No such device/i, 'DEVICE_GONE'],
  [/cannot set sample rate/i, 'RATE_NOT_OFFERED'],
  [/cannot set channel count/i, 'CHANNELS_NOT_OFFERED'],
  [/(cannot set sample format|sample format .* is not supported)/i, 'FORMAT_NOT_OFFERED'],
  [
    /file:.*: (No such file or directory|Permission denied|Invalid data found)/i,
    'SOURCE_FILE_UNREADABLE',
  ],
  [/(Permission denied|Operation not permitted)/i, 'DATA_FOLDER_UNWRITABLE'],
];

/** How a process ended, where its parent was there to be told. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Why a capture ended that nobody asked to end, in one of the closed list of words. */
export function diagnose(log: string, end: ProcessEnd | null = null): CaptureFailure {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  for (const [pattern, code] of CAUSES) {
    const line = lines.findLast((text) => pattern.test(text));
    if (line !== undefined) return { code, detail: tidy(line) };
  }
  const complaint = lines.findLast((line) => /error|fail|invalid|cannot|unable/i.test(line));
  if (complaint !== undefined) return { code: 'EXITED_UNASKED', detail: tidy(complaint) };
  // What ffmpeg says while all is well tells nothing of its end.
  const silence =
    lines.length === 0 ? 'ffmpeg ended without a word' : 'ffmpeg ended without saying why';
  const signal = end?.signal ?? null;
  const words = signal === null ? `${silence}${exitInWords(end)}` : `ffmpeg was killed (${signal})`;
  return {
    code: lines.length === 0 && signal === null ? 'UNKNOWN' : 'EXITED_UNASKED',
    detail: words,
  };
}

function exitInWords(end: ProcessEnd | null): string {
  const code = end?.code ?? null;
  return code === null ? '' : ` (exit code ${String(code)})`;
}

/** Overruns that ffmpeg reported so far: sound that the computer was too slow to take. */
export function countOverruns(log: string): number {
  return log.match(/ALSA buffer xrun/g)?.length ?? 0;
}

function tidy(line: string): string {
  return line
    .replace(/^\[[^\]]*\] */, '')
    .trim()
    .slice(0, 300);
}
