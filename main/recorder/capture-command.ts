import type { SampleFormat } from '@shared/model/profile';
import { type CaptureConfig, type CaptureInput, PROCESSED_RATE_HZ } from './capture-config';

/** Where one run writes. */
export interface CapturePaths {
  readonly bufferRawDir: string;
  readonly bufferProcessedDir: string;
  readonly rawList: string;
  readonly processedList: string;
  /** UDP port on the loopback that the live stream is sent to; null: nobody can listen to this run. */
  readonly livePort: number | null;
}

const CODEC: Readonly<Record<SampleFormat, string>> = {
  S16LE: 'pcm_s16le',
  S24LE: 'pcm_s24le',
  S32LE: 'pcm_s32le',
};

/** ffmpeg's own resampler, short: good enough for meters and ears. At 384 kHz it takes 1.0 % of a core, soxr 1.2 %. */
const LIVE_RESAMPLER = `aresample=${String(PROCESSED_RATE_HZ)}:filter_size=16`;
/** Where a listener binds the port of a run. */
const LIVE_ADDRESS = '127.0.0.1';
/** Bytes: what fits one Ethernet frame. */
const LARGEST_DATAGRAM = 1472;

/** Name of a segment while it is written: by sequence alone, so that no clock has a say in it. */
export function bufferFileName(runId: string, sequence: number): string {
  return `${runId}_${String(sequence).padStart(8, '0')}.wav`;
}

/** The same for all of a run, as ffmpeg is told it. */
function bufferPattern(runId: string): string {
  return `${runId}_%08d.wav`;
}

/** Is this the command line of a run's capture? Whoever only handles its files names them otherwise. */
export function isCaptureOf(runId: string, args: readonly string[]): boolean {
  const pattern = bufferPattern(runId);
  return captureOutputs(args).some((arg) => arg.endsWith(`/${pattern}`));
}

/** Where a capture's command line says that it writes; empty: it is none. */
export function captureOutputs(args: readonly string[]): string[] {
  return args.filter((arg) => /\/\.buffer\/(raw|processed)\/[0-9a-f]{8}_%08d\.wav$/.test(arg));
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
    ...['-filter_complex', filterGraph(config, paths)],
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
    ...(config.live && paths.livePort !== null
      ? liveArguments(config.channels, paths.livePort, runId)
      : []),
  ];
}

/**
 * How many packets a second of both streams is cut into: each holds a whole number of frames, so that every
 * whole second is a packet boundary in both. What ffmpeg has not yet packed when it is asked to stop is dropped (with
 * what waits in its input queue), so packets are short: 20 ms where the rate allows.
 */
export function packetsPerSecond(sampleRateHz: number): number {
  return (
    [50, 25, 20, 10, 5, 4, 2].find(
      (count) => sampleRateHz % count === 0 && PROCESSED_RATE_HZ % count === 0,
    ) ?? 1
  );
}

function filterGraph(config: CaptureConfig, { livePort }: CapturePaths): string {
  const live = config.live && livePort !== null;
  const packets = packetsPerSecond(config.sampleRateHz);
  const rawPacket = config.sampleRateHz / packets;
  const packed48 = `asetnsamples=n=${String(PROCESSED_RATE_HZ / packets)}:p=0`;
  const raw = `asetnsamples=n=${String(rawPacket)}:p=0[raw]`;
  const processed = [...processedChain(config), packed48].join(',');
  // The live stream is the processed one once more; where there is none, the raw one made small cheaply.
  const derived = config.processed
    ? `${processed}${live ? ',asplit=2[processed][live]' : '[processed]'}`
    : live
      ? `${LIVE_RESAMPLER},${packed48}[live]`
      : null;
  const count = `[0:a]${asFile(config)}asetpts=N/SR/TB`;
  if (!config.raw) return `${count},${derived ?? raw}`;
  return derived === null ? `${count},${raw}` : `${count},asplit=2[r][d];[r]${raw};[d]${derived}`;
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
    `${target.directory.replaceAll('%', '%%')}/${bufferPattern(target.runId)}`,
  ];
}

/**
 * The live output: samples as datagrams to whoever has bound the port. Its muxer has a thread and a queue of its
 * own, so that whatever happens to it (nobody there, no route, no loopback at all) the other outputs never wait for it
 * and never end with it. `timeout` (microseconds; the manual knows it for reading only) keeps a send that the system
 * holds back from holding up the end of the capture.
 */
function liveArguments(channels: number, port: number, runId: string): string[] {
  // Whole frames in every datagram, within what any interface takes.
  const datagram = LARGEST_DATAGRAM - (LARGEST_DATAGRAM % (2 * channels));
  return [
    ...['-map', '[live]', '-c:a', 'pcm_s16le', '-flags', '+bitexact'],
    ...['-f', 'fifo', '-fifo_format', 's16le', '-queue_size', '25', '-drop_pkts_on_overflow', '1'],
    ...['-attempt_recovery', '1', '-recover_any_error', '1', '-recovery_wait_time', '30'],
    ...['-format_opts', 'timeout=100000'],
    `udp://${LIVE_ADDRESS}:${String(port)}?pkt_size=${String(datagram)}&localaddr=${liveSender(runId)}`,
  ];
}

/**
 * The loopback address that a run sends its live stream from: no two runs that live at a time share one, so that a
 * listener tells a run from another one, and from a stranger, on the same port.
 */
export function liveSender(runId: string): string {
  const [a, b, c] = [0, 2, 4].map((at) => Number.parseInt(runId.slice(at, at + 2), 16));
  return `127.${String(1 + ((a ?? 0) % 254))}.${String(b)}.${String(1 + ((c ?? 0) % 254))}`;
}
