import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { type OpenedWindow, openBareWindow, openConsole } from './console-window.ts';
import { memoryOf, nameOf, roleOf, treeOf } from './process-tree.ts';
import { median, summarise } from './statistics.ts';

const GOAL = 1.3;
const MEGABYTE = 1e6;

interface Footprint {
  readonly pss: number;
  readonly uss: number;
  readonly parts: string;
}

/** How much memory the console takes once it has settled. */
export const consoleMemory: Benchmark = {
  name: 'console.memory',
  async run({ workshop, quick, say }) {
    const rounds = quick ? 1 : 3;
    const settleMs = quick ? 3_000 : 8_000;
    say(
      `console.memory: ${String(rounds)} times each, ${String(settleMs / 1000)} s after the start`,
    );
    const dataDir = workshop.folder('memory-data');
    const profileDir = workshop.folder('memory-profile');
    const bareProfileDir = workshop.folder('memory-bare-profile');
    const first = await openConsole(workshop, { dataDir, profileDir });
    await workshop.end(first.child);
    const settled = async (opened: OpenedWindow): Promise<Footprint> => {
      await delay(settleMs);
      const footprint = measure(opened.pid);
      await workshop.end(opened.child);
      return footprint;
    };
    const bare: Footprint[] = [];
    const ours: Footprint[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await settled(await openBareWindow(workshop, bareProfileDir)));
      ours.push(await settled(await openConsole(workshop, { dataDir, profileDir })));
    }
    const value = median(ours.map(({ pss }) => pss));
    const baseline = median(bare.map(({ pss }) => pss));
    const privately = [ours, bare].map((side) => median(side.map(({ uss }) => uss)));
    return [
      {
        name: 'console.memory',
        what: 'memory of all processes of the console, no microphone, window open on the Dashboard',
        unit: 'MB',
        value,
        baseline: { what: 'a bare Electron window', value: baseline },
        ratio: value / baseline,
        goal: { on: 'ratio', atMost: GOAL },
        spread: summarise(ours.map(({ pss }, i) => pss / (bare[i]?.pss ?? Number.NaN))),
        method:
          `sum of Pss in /proc/<pid>/smaps_rollup over the process tree, ${String(settleMs / 1000)} s after the page was interactive, one at a time and in turn, medians of ${String(rounds)}; spread of the ratios. ` +
          'Other Electrons on the machine share pages with both and lower both',
        notes: [
          `Private memory alone (USS): ${privately.map((mb) => mb.toFixed(0)).join(' MB against ')} MB.`,
          `Console: ${ours[0]?.parts ?? ''}.`,
          `Bare: ${bare[0]?.parts ?? ''}.`,
        ],
      },
    ];
  },
};

function measure(pid: number): Footprint {
  const pids = treeOf([pid]);
  const { pss, uss } = memoryOf(pids);
  const parts = pids.map((one) => {
    const megabytes = (memoryOf([one]).pss / MEGABYTE).toFixed(0);
    return `${nameOf(one)}${roleOf(one)} ${megabytes}`;
  });
  return { pss: pss / MEGABYTE, uss: uss / MEGABYTE, parts: parts.join(', ') };
}
