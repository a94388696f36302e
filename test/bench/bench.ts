// `npm run bench`: what the console costs, each number beside its baseline from the same run and its goal.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { assetCost } from './asset-cost.ts';
import type { Benchmark } from './benchmark.ts';
import { consoleMemory } from './console-memory.ts';
import { consoleStart } from './console-start.ts';
import { eventLoop } from './event-loop.ts';
import type { Figure, Skipped } from './figure.ts';
import { importLoad } from './import-load.ts';
import { janitor } from './janitor.ts';
import { library } from './library.ts';
import { pageCall } from './page-call.ts';
import { recorderCpu } from './recorder-cpu.ts';
import { registration } from './registration.ts';
import { asText, describeMachine, makeReport, type Report } from './report.ts';
import { season } from './season.ts';
import { segmentLatency } from './segment-latency.ts';
import { soak } from './soak.ts';
import { wavFuzz } from './wav-fuzz.ts';
import { projectRoot, Workshop } from './workshop.ts';

const BENCHMARKS: readonly Benchmark[] = [
  recorderCpu,
  segmentLatency,
  consoleStart,
  consoleMemory,
  pageCall,
  eventLoop,
  season,
  library,
  registration,
  janitor,
  importLoad,
  wavFuzz,
  assetCost,
];

const USAGE = `Usage: npm run bench [-- NAME… options]

  NAME          one benchmark or several (also: --only NAME,NAME): ${BENCHMARKS.map(({ name }) => name).join(', ')}
  --quick       shorter and fewer: to see that it works
  --json        nothing on stdout but the JSON document
  --soak        instead of all these: 10 minutes with three microphones, the console killed, the clock set, one
                microphone flapping; --minutes N or --hours N for another length, --kill-every S for longer lives
  --help        say this

Prints a table and the JSON document, which is also left in test-results/bench.json (bench-soak.json). A missed goal is shown and is no failure;
in a soak it is one.`;

const RESULT_DIR = join(projectRoot, 'test-results');

interface Wanted {
  readonly benchmarks: readonly Benchmark[];
  readonly quick: boolean;
  readonly json: boolean;
  readonly soak: boolean;
}

/** @throws Error in one sentence */
function readArguments(args: readonly string[]): Wanted | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      soak: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      hours: { type: 'string' },
      'kill-every': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.soak) {
    const minutes = positive('--minutes', values.minutes) ?? 10;
    const hours = positive('--hours', values.hours);
    const options = {
      minutes: hours === null ? minutes : hours * 60,
      killEveryS: positive('--kill-every', values['kill-every']) ?? 30,
      command: `npm run bench -- ${args.join(' ')}`,
    };
    return { benchmarks: [soak(options)], quick: false, json: values.json, soak: true };
  }
  const named = [...positionals, ...(values.only ?? []).flatMap((text) => text.split(','))];
  const names = named.length === 0 ? undefined : named;
  const unknown = names?.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new Error(`There is no benchmark "${unknown}".`);
  return {
    benchmarks: BENCHMARKS.filter(({ name }) => names?.includes(name) ?? true),
    quick: values.quick,
    json: values.json,
    soak: false,
  };
}

/** @throws Error in one sentence */
function positive(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${option} expects a number above zero, not "${text}".`);
}

async function measure(wanted: Wanted, workshop: Workshop): Promise<Report> {
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const machine = describeMachine();
  const figures: Figure[] = [];
  const skipped: Skipped[] = [];
  for (const benchmark of wanted.benchmarks) {
    try {
      figures.push(...(await benchmark.run({ workshop, quick: wanted.quick, say })));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      say(`${benchmark.name} could not be measured: ${reason}`);
      skipped.push({ name: benchmark.name, reason });
    }
  }
  const tookS = (performance.now() - began) / 1000;
  return makeReport(figures, skipped, { startedAt, tookS, quick: wanted.quick, machine });
}

/** Progress goes to stderr: stdout is for the result. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<number> {
  let wanted: Wanted | 'help';
  try {
    wanted = readArguments(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(USAGE);
    return 2;
  }
  if (wanted === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const workshop = new Workshop();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) return;
      interrupted.abort();
      say('Interrupted: everything that was started is being ended.');
      void workshop.close().finally(() => process.exit(130));
    });
  }
  process.on('exit', () => {
    workshop.closeNow();
  });
  const report = await measure(wanted, workshop);
  if (interrupted.signal.aborted) return await new Promise<never>(() => undefined);
  await workshop.close();
  const document = JSON.stringify(report, null, 2);
  const resultFile = join(RESULT_DIR, wanted.soak ? 'bench-soak.json' : 'bench.json');
  mkdirSync(RESULT_DIR, { recursive: true });
  writeFileSync(resultFile, `${document}\n`);
  if (!wanted.json) process.stdout.write(`\n${asText(report)}\n\n`);
  process.stdout.write(`${document}\n`);
  say(`The JSON document is also in ${relative(process.cwd(), resultFile)}.`);
  if (wanted.soak && report.figures.some(({ met }) => met === false)) return 1;
  return report.skipped.length === 0 ? 0 : 1;
}

process.exitCode = await main();
