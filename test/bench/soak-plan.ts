/** What is done to the machine during a soak, and when; milliseconds since its first sound. */
export type StagedEvent =
  | { readonly atMs: number; readonly do: 'kill_console' }
  | { readonly atMs: number; readonly do: 'unplug' }
  | { readonly atMs: number; readonly do: 'plug_in' }
  /** The wall clock is set by so much; `synced`: and the system says from now on that it is right. */
  | {
      readonly atMs: number;
      readonly do: 'step_clock';
      readonly stepMs: number;
      readonly synced: boolean;
    };

/** Before it is set, the clock is behind, as that of a station without a battery. */
export const BEHIND_MS = 3_600_000;

const FLAP_EVERY_MS = 50_000;
/** Flaps within the grace of 3 s, and absences beyond it. */
const ABSENT_MS = [1_000, 6_000, 2_000, 12_000];
/** A time server that was wrong and mends it: the steps come in pairs. */
const WRONG_MS = [106_000, -61_000, 2_500];
const WRONG_FOR_MS = 15_000;
/** No flap shortly before or during a wrong clock: it would be staged with a wrong date, which is no loss. */
const CALM_MS = 8_000;

/**
 * The console is killed every `killEveryMs` (spread by two seconds, so that it hits segments anywhere), the clock is
 * corrected at a third of the time and then wrong for a while now and again, one microphone flaps.
 */
export function planSoak(lengthMs: number, killEveryMs: number): StagedEvent[] {
  const events: StagedEvent[] = [];
  for (let i = 1; i * killEveryMs < lengthMs - 10_000; i += 1) {
    events.push({ atMs: i * killEveryMs + (((i * 7) % 5) - 2) * 1_000, do: 'kill_console' });
  }
  const correctedMs = Math.round(lengthMs / 3);
  events.push({ atMs: correctedMs, do: 'step_clock', stepMs: BEHIND_MS, synced: true });
  const wrongFromMs = WRONG_MS.map((_, i) => Math.round(lengthMs * (0.5 + 0.15 * i)));
  WRONG_MS.forEach((stepMs, i) => {
    const atMs = wrongFromMs[i] ?? 0;
    events.push({ atMs, do: 'step_clock', stepMs, synced: true });
    events.push({ atMs: atMs + WRONG_FOR_MS, do: 'step_clock', stepMs: -stepMs, synced: true });
  });
  const steps = [
    [correctedMs, correctedMs],
    ...wrongFromMs.map((at) => [at, at + WRONG_FOR_MS]),
  ] as const;
  const every = Math.min(FLAP_EVERY_MS, Math.round(lengthMs / 6));
  for (let i = 0; (i + 0.5) * every < lengthMs - 30_000; i += 1) {
    const forMs = ABSENT_MS[i % ABSENT_MS.length] ?? 1_000;
    let atMs = Math.round((i + 0.5) * every);
    for (const [from = 0, to = 0] of steps) {
      if (atMs + forMs > from - CALM_MS && atMs < to + CALM_MS) atMs = to + CALM_MS;
    }
    const last = events.findLast((event) => event.do === 'plug_in');
    if (last !== undefined && atMs < last.atMs + CALM_MS) continue;
    if (atMs + forMs > lengthMs - CALM_MS) continue;
    events.push({ atMs, do: 'unplug' }, { atMs: atMs + forMs, do: 'plug_in' });
  }
  return events.sort((a, b) => a.atMs - b.atMs);
}
