// `npm run bench`: what the console costs, each number beside its baseline from the same run and its goal.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { consoleMemory } from './console-memory.ts';
import { consoleStart } from './console-start.ts';
import { eventLoop } from './event-loop.ts';
import type { Figure, Skipped } from './figure.ts';
import { pageCall } from './page-call.ts';
import { recorderCpu } from './recorder-cpu.ts';
import { asText, describeMachine, makeReport, type Report } from './report.ts';
import { segmentLatency } from './segment-latency.ts';
import { projectRoot, Workshop } from './workshop.ts';

const BENCHMARKS: readonly Benchmark[] = [
  recorderCpu,
  segmentLatency,
  consoleStart,
  consoleMemory,
  pageCall,
  eventLoop,
];

const USAGE = `Usage: npm run bench [-- options]

  --only NAME   one benchmark, or several separated by commas: ${BENCHMARKS.map(({ name }) => name).join(', ')}
  --quick       shorter and fewer: to see that it works
  --json        nothing on stdout but the JSON document
  --help        say this

Prints a table and the JSON document, which is also left in test-results/bench.json. A missed goal is shown and is no failure.`;

const RESULT_FILE = join(projectRoot, 'test-results', 'bench.json');

interface Wanted {
  readonly benchmarks: readonly Benchmark[];
  readonly quick: boolean;
  readonly json: boolean;
}

/** @throws Error in one sentence */
function readArguments(args: readonly string[]): Wanted | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const names = values.only?.flatMap((text) => text.split(','));
  const unknown = names?.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new Error(`There is no benchmark "${unknown}".`);
  return {
    benchmarks: BENCHMARKS.filter(({ name }) => names?.includes(name) ?? true),
    quick: values.quick,
    json: values.json,
  };
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
  mkdirSync(dirname(RESULT_FILE), { recursive: true });
  writeFileSync(RESULT_FILE, `${document}\n`);
  if (!wanted.json) process.stdout.write(`\n${asText(report)}\n\n`);
  process.stdout.write(`${document}\n`);
  say(`The JSON document is also in ${relative(process.cwd(), RESULT_FILE)}.`);
  return report.skipped.length === 0 ? 0 : 1;
}

process.exitCode = await main();
