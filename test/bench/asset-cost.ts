import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Benchmark, BenchContext } from './benchmark.ts';
import type { Figure } from './figure.ts';
import { median, summarise } from './statistics.ts';
import { projectRoot } from './workshop.ts';

const hooks = join(projectRoot, 'test', 'support', 'typescript-hooks.mjs');
const program = join(import.meta.dirname, 'asset-cost', 'make.ts');
const SEGMENT_S = 10;
const SEGMENTS_PER_HOUR = 3600 / SEGMENT_S;
const METHOD =
  'test/bench/asset-cost/make.ts: both assets of one segment of 10 s, in the console’s own thread, again and again; CPU time of the process × 360. Beside it ffmpeg: showwavespic and showspectrumpic (1024 × 512) of the same file in one run, by -benchmark.';

type Made = readonly Readonly<
  Record<'peaks' | 'spectrogram', { readonly cpuMs: number; readonly bytes: number }>
>[];

/** What it costs to have a waveform and a picture of everything that is recorded. */
export const assetCost: Benchmark = {
  name: 'analysis',
  async run(context) {
    const figures: Figure[] = [];
    for (const rateHz of [48_000, 384_000]) figures.push(await costAt(context, rateHz));
    return figures;
  },
};

async function costAt(context: BenchContext, rateHz: number): Promise<Figure> {
  const { workshop, quick, say } = context;
  const name = `analysis.cpu.${String(rateHz / 1000)}k`;
  const times = quick ? 3 : 15;
  say(`${name}: waveform and spectrogram of ${String(times)} segments`);
  const folder = workshop.folder('assets');
  const file = `${folder}.wav`;
  await output(context, 'ffmpeg', [
    ...['-loglevel', 'error', '-f', 'lavfi'],
    ...['-i', `anoisesrc=r=${String(rateHz)}:d=${String(SEGMENT_S)}:a=0.02:c=pink`, file],
  ]);
  const made = JSON.parse(
    await output(context, process.execPath, [
      ...['--import', hooks, program, file, String(times), folder],
    ]),
  ) as Made;
  const baseline: number[] = [];
  for (let time = 0; time < Math.min(5, times); time++) {
    baseline.push(await ffmpegCpuS(context, file, folder));
  }
  const cpuS = made.map(({ peaks, spectrogram }) => (peaks.cpuMs + spectrogram.cpuMs) / 1000);
  const perHour = (seconds: readonly number[]): number => median(seconds) * SEGMENTS_PER_HOUR;
  const parts = (['peaks', 'spectrogram'] as const).map((kind) => {
    const s = median(made.map((one) => one[kind].cpuMs)) * (SEGMENTS_PER_HOUR / 1000);
    return `${kind}: ${s.toFixed(1)} s, ${String(made[0]?.[kind].bytes)} bytes a segment`;
  });
  return {
    name,
    what: `CPU for waveform and spectrogram of an hour of sound at ${String(rateHz / 1000)} kHz, mono`,
    unit: 's',
    value: perHour(cpuS),
    baseline: { what: 'ffmpeg for the same two pictures', value: perHour(baseline) },
    ratio: perHour(cpuS) / perHour(baseline),
    goal: { on: 'ratio', atMost: 1 },
    spread: summarise(cpuS.map((s, at) => s / (baseline[at % baseline.length] ?? s))),
    method: METHOD,
    notes: [
      ...parts,
      `${((perHour(cpuS) / 3600) * 100).toFixed(1)} % of a core for a microphone that never rests`,
    ],
  };
}

async function ffmpegCpuS(context: BenchContext, file: string, folder: string): Promise<number> {
  const said = await output(
    context,
    'ffmpeg',
    [
      ...['-y', '-benchmark', '-i', file, '-filter_complex'],
      '[0:a]asplit[a][b];[a]showwavespic=s=1000x256[w];[b]showspectrumpic=s=1024x512:legend=0:scale=log[s]',
      ...['-map', '[w]', join(folder, 'w.png'), '-map', '[s]', join(folder, 's.png')],
    ],
    'stderr',
  );
  const match = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(said);
  if (match === null) throw new Error('ffmpeg did not tell what it took');
  return Number(match[1]) + Number(match[2]);
}

async function output(
  { workshop }: BenchContext,
  command: string,
  args: readonly string[],
  from: 'stdout' | 'stderr' = 'stdout',
): Promise<string> {
  const child = workshop.spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${command} could not be started`);
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  if (from === 'stderr') return err;
  if (out === '' && err !== '') throw new Error(`${command}: ${err.slice(0, 300)}`);
  return out;
}
