import { existsSync, readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { captures } from './headless-station.ts';
import { accountFor } from './soak-accounts.ts';
import { continuityFigures, consoleFigures, type SoakedMicrophone } from './soak-figures.ts';
import { Lives } from './soak-lives.ts';
import { monotonicMs, soakMachine } from './soak-machine.ts';
import { BEHIND_MS, planSoak, type StagedEvent } from './soak-plan.ts';
import { recordedPaths, reportedGaps } from './soak-reports.ts';
import { checkKeptSound } from './soak-sound.ts';

const LOOK_MS = 1_000;

export interface SoakOptions {
  readonly minutes: number;
  readonly killEveryS: number;
  /** What to type to have the same again. */
  readonly command: string;
}

/** The station left alone with everything that goes wrong: nothing but the staged losses may be missing. */
export function soak(options: SoakOptions): Benchmark {
  return {
    name: 'soak',
    async run({ workshop, say }) {
      const lengthMs = options.minutes * 60_000;
      const plan = planSoak(lengthMs, options.killEveryS * 1000);
      const machine = soakMachine(workshop, BEHIND_MS);
      const [, , flapping] = machine.microphones;
      if (flapping === undefined) throw new Error('there is no microphone to flap');
      const lives = new Lives(workshop, machine);
      for (const microphone of machine.microphones) microphone.plugIn();
      const bornMs = monotonicMs();
      await lives.start();
      await captures(lives.dataDir, machine.microphones.length);
      lives.begin();
      say(`soak: ${String(options.minutes)} minutes, ${String(plan.length)} events, in real time`);
      const beganMs = monotonicMs();
      const loads = [loadavg()[0] ?? 0];
      const watch = async (untilMs: number): Promise<void> => {
        while (monotonicMs() - beganMs < untilMs) {
          lives.look();
          await delay(Math.min(LOOK_MS, Math.max(0, untilMs - (monotonicMs() - beganMs))));
        }
      };
      for (const event of plan) {
        await watch(event.atMs);
        say(`  ${((monotonicMs() - beganMs) / 1000).toFixed(1).padStart(7)} s  ${words(event)}`);
        loads.push(loadavg()[0] ?? 0);
        if (event.do === 'kill_console') {
          await lives.kill();
          await lives.start();
        } else if (event.do === 'step_clock') {
          if (event.synced) machine.setSynced();
          machine.stepClock(event.stepMs);
        } else if (event.do === 'unplug') flapping.unplug();
        else flapping.plugIn();
      }
      await watch(lengthMs);
      await lives.stop();
      const rows = recordedPaths(lives.dataDir);
      const microphones: SoakedMicrophone[] = [];
      for (const microphone of machine.microphones) {
        const name = deviceOf(lives.dataDir, microphone.usbId);
        const workspace = join(lives.dataDir, 'recorder', name);
        const sound = checkKeptSound(workspace, microphone.heard);
        const gaps = reportedGaps(lives.dataDir, name, machine.env);
        const sessions = microphone.sessions();
        const account = accountFor({
          rateHz: microphone.rateHz,
          sessions,
          absences: microphone.absences(),
          recorded: sound.runs,
          gaps,
          bornMs,
          wallOffsetMs: Date.now() - monotonicMs(),
        });
        const faults = [...sound.faults, ...leftBehind(workspace)];
        const unindexed = filesIn(join(workspace, 'data', 'raw')).filter(
          (file) => !rows.some((path) => path.endsWith(`${name}/data/raw/${file}`)),
        );
        if (unindexed.length > 0) faults.push(`${String(unindexed.length)} files without a row`);
        microphones.push({
          label: microphone.label,
          account,
          sound: { ...sound, faults },
          flaps: microphone.absences().length,
          sessions: sessions.length,
          missed: sessions.reduce((sum, { missed }) => sum + missed, 0),
        });
      }
      machine.close();
      loads.push(loadavg()[0] ?? 0);
      const load = `Load average, from ${Math.min(...loads).toFixed(2)} to ${Math.max(...loads).toFixed(2)}.`;
      const staged = describePlan(plan, options);
      return [
        ...continuityFigures(microphones, `${options.command}: ${staged}`, load),
        ...consoleFigures(lives.done, `${options.command}: ${staged}`, load),
      ];
    },
  };
}

function words(event: StagedEvent): string {
  switch (event.do) {
    case 'kill_console':
      return 'the console is killed (SIGKILL) and started anew';
    case 'unplug':
      return 'the 48 kHz microphone is unplugged';
    case 'plug_in':
      return 'it is plugged in again';
    case 'step_clock':
      return `the wall clock is set by ${String(event.stepMs / 1000)} s`;
  }
}

function describePlan(plan: readonly StagedEvent[], { minutes, killEveryS }: SoakOptions): string {
  const count = (what: StagedEvent['do']): string =>
    String(plan.filter((event) => event.do === what).length);
  return `${String(minutes)} minutes in real time, a headless console killed every ${String(killEveryS)} s (${count('kill_console')} times), ${count('step_clock')} steps of the clock (it begins an hour behind), ${count('unplug')} flaps of the 48 kHz microphone`;
}

/** The device that has this USB id, by its folder: `vvvv-pppp-serial`. @throws Error */
function deviceOf(dataDir: string, usbId: string): string {
  const name = filesIn(join(dataDir, 'recorder')).find((one) =>
    one.startsWith(usbId.replace(':', '-')),
  );
  if (name === undefined) throw new Error(`the microphone ${usbId} was never recorded`);
  return name;
}

/** Sound that lies anywhere but among the recordings. */
function leftBehind(workspace: string): string[] {
  return ['quarantine', '.buffer/raw', '.buffer/processed'].flatMap((folder) => {
    const files = filesIn(join(workspace, folder)).filter((name) => name.endsWith('.wav'));
    return files.length === 0 ? [] : [`${folder} holds ${files.join(', ')}`];
  });
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
