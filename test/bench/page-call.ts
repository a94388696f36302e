import type { Benchmark } from './benchmark.ts';
import { openBareWindow, openConsole } from './console-window.ts';
import type { Figure } from './figure.ts';
import { summarise } from './statistics.ts';

const WARM_UP = 100;

/** How long the page waits for an answer of the station. */
export const pageCall: Benchmark = {
  name: 'page.call',
  async run({ workshop, say }) {
    say('page.call: 1000 calls over the real port, 1000 pings over a bare one');
    const bare = await openBareWindow(workshop);
    const console = await openConsole(workshop, { dataDir: workshop.folder('call-data') });
    const timed = async (window: typeof bare, job: string): Promise<number[]> =>
      ((await window.ask(job)) as number[]).slice(WARM_UP);
    const pings = await timed(bare, 'pings');
    const figures: Figure[] = [];
    for (const [procedure, what] of [
      ['updates.status', 'one small contract call from the page to the station and back'],
      ['station.snapshot', 'the largest regular call: a whole snapshot, measured anew'],
    ] as const) {
      const taken = summarise(await timed(console, `call-${procedure}`));
      const ping = summarise(pings);
      figures.push({
        name: `page.call.${procedure}`,
        what: `${what}, median`,
        unit: 'ms',
        value: taken.median,
        baseline: {
          what: 'a ping over a MessagePort between a bare page and its main process',
          value: ping.median,
        },
        ratio: taken.median / ping.median,
        goal: null,
        spread: taken,
        method:
          '900 calls, one after the other, after 100 to warm up: over the page’s own port in the real window, in the words that the typed client puts on the wire; the bare window echoes a string in the same Electron',
        notes: [
          `p99 ${taken.p99.toFixed(2)} ms; the ping's ${ping.p99.toFixed(2)} ms. The page's clock counts in steps of 0.1 ms.`,
        ],
      });
    }
    await Promise.all([workshop.end(console.child), workshop.end(bare.child)]);
    return figures;
  },
};
