import type { SampleFormat } from '@shared/model/profile';
import type { CaptureConfig, CaptureInput } from './capture-config';

/** Where one run writes. */
export interface CapturePaths {
  readonly bufferRawDir: string;
  readonly bufferProcessedDir: string;
  readonly rawList: string;
  readonly processedList: string;
}

const CODEC: Readonly<Record<SampleFormat, string>> = {
  S16LE: 'pcm_s16le',
  S24LE: 'pcm_s24le',
  S32LE: 'pcm_s32le',
};

export const PROCESSED_RATE_HZ = 48_000;

/** Name of a segment while it is written: by sequence alone, so that no clock has a say in it. */
export function bufferFileName(runId: string, sequence: number): string {
  return `${runId}_${String(sequence).padStart(8, '0')}.wav`;
}

/**
 * The ffmpeg arguments that record a configuration into both streams, sample-exact.
 *
 * Facts behind it (measured on 5.1): timestamps follow the wall clock, so each output chain counts its own
 * samples (`asetpts=N/SR/TB`); cuts fall on packets, so packets get a length that divides a second
 * (`asetnsamples`); options bind to the next output only; without `flush_packets` a killed capture loses
 * 256 KiB.
 */
export function captureArguments(
  config: CaptureConfig,
  paths: CapturePaths,
  runId: string,
): string[] {
  return [
    '-hide_banner',
    '-nostdin',
    '-nostats',
    ...['-loglevel', 'info'], // the input's start time and true rate are told at this level
    ...['-progress', 'pipe:1', '-stats_period', '5'],
    ...['-fflags', '+bitexact'],
    ...inputArguments(config),
    ...['-filter_complex', filterGraph(config)],
    ...(config.raw
      ? outputArguments('[raw]', CODEC[config.format], config, {
          list: paths.rawList,
          directory: paths.bufferRawDir,
          runId,
        })
      : []),
    ...(config.processed
      ? outputArguments('[processed]', 'pcm_s16le', config, {
          list: paths.processedList,
          directory: paths.bufferProcessedDir,
          runId,
        })
      : []),
  ];
}

/**
 * How many packets a second of both streams is cut into: each holds a whole number of frames, so that every
 * whole second is a packet boundary in both. What ffmpeg has not yet packed when it is stopped is lost, so
 * packets are short: 20 ms where the rate allows.
 */
export function packetsPerSecond(sampleRateHz: number): number {
  return (
    [50, 25, 20, 10, 5, 4, 2].find(
      (count) => sampleRateHz % count === 0 && PROCESSED_RATE_HZ % count === 0,
    ) ?? 1
  );
}

function filterGraph(config: CaptureConfig): string {
  const packets = packetsPerSecond(config.sampleRateHz);
  const rawPacket = config.sampleRateHz / packets;
  const processedPacket = PROCESSED_RATE_HZ / packets;
  const raw = `asetnsamples=n=${String(rawPacket)}:p=0[raw]`;
  const processed = [
    ...processedChain(config),
    `asetnsamples=n=${String(processedPacket)}:p=0[processed]`,
  ].join(',');
  const count = `[0:a]${asFile(config)}asetpts=N/SR/TB`;
  if (config.raw && config.processed) return `${count},asplit=2[r][p];[r]${raw};[p]${processed}`;
  return `${count},${config.raw ? raw : processed}`;
}

/** A looped file plays at whatever rate it has; the microphone that it stands for has the profile's. */
function asFile({ input, sampleRateHz, channels }: CaptureConfig): string {
  if (input.type !== 'file') return '';
  const rate = `aresample=${String(sampleRateHz)},`;
  if (channels <= 2) return `${rate}aformat=channel_layouts=${channels === 1 ? 'mono' : 'stereo'},`;
  return `${rate}pan=${String(channels)}c|${copies(channels)},`;
}

/** What sets the processed stream apart from the raw one: rate, high-pass, gain, in this order. */
export function processedChain(config: CaptureConfig): string[] {
  return [
    `aresample=${String(PROCESSED_RATE_HZ)}:resampler=soxr`,
    ...(config.highpassHz === null ? [] : [`highpass=f=${String(config.highpassHz)}`]),
    ...(config.gainDb === 0 ? [] : [`volume=${String(config.gainDb)}dB`]),
  ];
}

function inputArguments(config: CaptureConfig): string[] {
  const { input, sampleRateHz, channels, format } = config;
  const rate = String(sampleRateHz);
  if (input.type === 'alsa') {
    return [
      ...['-thread_queue_size', '1024'],
      ...['-f', 'alsa', '-c:a', CODEC[format]], // before -i: this is how the input takes its format
      ...['-sample_rate', rate, '-channels', String(channels), '-i', input.pcm],
    ];
  }
  if (input.type === 'file') {
    return ['-stream_loop', '-1', '-re', '-i', `file:${input.path}`];
  }
  return ['-re', '-f', 'lavfi', '-i', simulatedSignal(input, sampleRateHz, channels)];
}

/**
 * The signal of a simulated microphone as a libavfilter source: the same samples at every start, so that
 * a test can compare a recording with what was played.
 */
export function simulatedSignal(
  input: Extract<CaptureInput, { type: 'sweep' | 'noise' }>,
  sampleRateHz: number,
  channels: number,
): string {
  const rate = String(sampleRateHz);
  if (input.type === 'noise') {
    const noise = `anoisesrc=r=${rate}:c=pink:a=0.3:seed=${String(input.seed)}`;
    return channels === 1 ? noise : `${noise},pan=${String(channels)}c|${copies(channels)}`;
  }
  // A rising chirp every two seconds, from 200 Hz to 90 % of what the rate can carry.
  const rise = (0.45 * sampleRateHz - 200) / 4;
  const chirp = `0.4*sin(2*PI*(200*mod(t\\,2)+${String(rise)}*mod(t\\,2)*mod(t\\,2)))`;
  return `aevalsrc=exprs=${Array.from({ length: channels }, () => chirp).join('|')}:s=${rate}`;
}

/** A segment beyond what 32 bits can count becomes RF64; the rest stay plain WAV, which every tool reads. */
function segmentFormatOptions(config: CaptureConfig): string {
  const bytes = config.sampleRateHz * config.channels * 4 * (config.segmentDurationS + 1);
  return bytes < 2 ** 32 ? 'flush_packets=1' : 'flush_packets=1:rf64=auto';
}

function copies(channels: number): string {
  return Array.from({ length: channels }, (_, i) => `c${String(i)}=c0`).join('|');
}

function outputArguments(
  label: string,
  codec: string,
  config: CaptureConfig,
  target: { list: string; directory: string; runId: string },
): string[] {
  return [
    ...['-map', label, '-c:a', codec, '-flags', '+bitexact'],
    ...['-f', 'segment', '-segment_time', String(config.segmentDurationS)],
    ...['-segment_format', 'wav', '-segment_format_options', segmentFormatOptions(config)],
    ...['-flush_packets', '1'],
    ...['-segment_list', target.list, '-segment_list_type', 'csv'],
    ...['-segment_list_flags', 'live', '-segment_list_size', '0'],
    `${target.directory.replaceAll('%', '%%')}/${target.runId}_%08d.wav`,
  ];
}
