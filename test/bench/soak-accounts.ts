// What a microphone gave, what the station kept of it, and what it says that it lost. Pure.

/** One reader of a microphone, from its first sample to its last one, as the microphone itself noted it. */
export interface Session {
  /** The reader's process. */
  readonly pid: number;
  /** Monotonic, milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Frames that the reader took. */
  readonly given: number;
  /** Frames that were there while it read, and that it was too slow for. */
  readonly missed: number;
}

/** Monotonic milliseconds. */
export interface Absence {
  readonly fromMs: number;
  readonly toMs: number;
}

/** UTC milliseconds. */
export interface ReportedGap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
}

export interface MicrophoneFacts {
  readonly rateHz: number;
  readonly sessions: readonly Session[];
  /** When it was unplugged. */
  readonly absences: readonly Absence[];
  /** Frames in the recordings of each of its readers. */
  readonly recorded: readonly { readonly pid: number; readonly frames: number }[];
  readonly gaps: readonly ReportedGap[];
  /** When the station was started for the first time. Monotonic, milliseconds. */
  readonly bornMs: number;
  /** UTC less monotonic time, milliseconds, by the right clock. */
  readonly wallOffsetMs: number;
}

export interface Account {
  /** Frames that the microphone gave while it was plugged in and back in use, from the first to the last sample. */
  readonly given: number;
  readonly recorded: number;
  /** Frames that ended captures took and did not write, within what ADR 4 allows; not in `given`. */
  readonly unpacked: number;
  /** Frames that each capture is short of what it took, where ADR 4 does not allow for it; negative: more than it took. */
  readonly short: readonly number[];
  /** recorded ÷ given */
  readonly continuity: number;
  /** Seconds between two sessions with an absence between them: what the flaps cost, the return included. */
  readonly stagedS: number;
  /** Seconds without a reader that nobody staged. */
  readonly unstagedS: number;
  /** Of gaps between the first and the last sample. */
  readonly reportedS: number;
  /** Of gaps before the station was first started: time that never was scheduled. */
  readonly inventedS: number;
  readonly reportedReasons: Readonly<Record<string, number>>;
  /** |reported − staged| ÷ staged; null where nothing was staged. */
  readonly reportError: number | null;
  /** Seconds from a return to sound again, the longest. */
  readonly longestReturnS: number;
}

/**
 * What an end may cost (ADR 4). A capture that is asked to end drops what it has not packed and what waits in its
 * queue: up to 32 ms without load, 122 ms at its priority on a loaded machine, as long as it keeps up. Seconds. One
 * whose microphone is gone writes all that it took but for a period that was not full.
 */
const ASKED_END_S = 0.15;
/** Frames: the shortest period of the simulated microphone, 256 bytes of 16 bit, mono. */
const PERIOD_FRAMES = 128;

/** An edge is known to a period of the device on one side and to a packet on the other. */
const EDGE_MS = 100;

/** @throws Error when the microphone had no reader at all */
export function accountFor(facts: MicrophoneFacts): Account {
  const { rateHz, absences, bornMs, wallOffsetMs } = facts;
  const sessions = [...facts.sessions].sort((a, b) => a.fromMs - b.fromMs);
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was read from it');
  let stagedMs = 0;
  let unstagedMs = 0;
  let longestReturnMs = 0;
  sessions.slice(1).forEach((session, i) => {
    const between = { fromMs: sessions[i]?.toMs ?? 0, toMs: session.fromMs };
    const staged = absences.filter(
      ({ fromMs, toMs }) => fromMs < between.toMs && toMs > between.fromMs,
    );
    if (staged.length === 0) unstagedMs += between.toMs - between.fromMs;
    else {
      stagedMs += between.toMs - between.fromMs;
      const backMs = Math.max(...staged.map(({ toMs }) => toMs));
      longestReturnMs = Math.max(longestReturnMs, between.toMs - backMs);
    }
  });
  const recorded = facts.recorded.reduce((sum, { frames }) => sum + frames, 0);
  let unpacked = 0;
  const short: number[] = [];
  sessions.forEach((session, i) => {
    const left = session.given - framesOf(session.pid, facts);
    const nextMs = sessions[i + 1]?.fromMs ?? Infinity;
    const unplugged = absences.some(({ fromMs, toMs }) => fromMs < nextMs && toMs > session.toMs);
    const allowed = unplugged ? PERIOD_FRAMES : ASKED_END_S * rateHz;
    if (left < 0 || left >= allowed) short.push(left);
    else unpacked += left;
  });
  const taken = sessions.reduce((sum, session) => sum + session.given + session.missed, 0);
  const given = taken - unpacked + Math.round((unstagedMs / 1000) * rateHz);
  const window = {
    fromMs: first.fromMs + wallOffsetMs + EDGE_MS,
    toMs: last.toMs + wallOffsetMs - EDGE_MS,
  };
  const inside = within(facts.gaps, window);
  const before = within(facts.gaps, { fromMs: -Infinity, toMs: bornMs + wallOffsetMs - EDGE_MS });
  const reportedReasons: Record<string, number> = {};
  for (const { reason, seconds } of inside) {
    reportedReasons[reason] = (reportedReasons[reason] ?? 0) + seconds;
  }
  const total = (gaps: typeof inside): number =>
    gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  const reportedS = total(inside);
  const stagedS = stagedMs / 1000;
  return {
    given,
    recorded,
    unpacked,
    short,
    continuity: recorded / given,
    stagedS,
    unstagedS: unstagedMs / 1000,
    reportedS,
    inventedS: total(before),
    reportedReasons,
    reportError: stagedS === 0 ? null : Math.abs(reportedS - stagedS) / stagedS,
    longestReturnS: longestReturnMs / 1000,
  };
}

/** What of the gaps lies in a stretch of time. */
function within(
  gaps: readonly ReportedGap[],
  window: { readonly fromMs: number; readonly toMs: number },
): { readonly reason: string; readonly seconds: number }[] {
  return gaps
    .map(({ fromMs, toMs, reason }) => ({
      reason,
      seconds: (Math.min(toMs, window.toMs) - Math.max(fromMs, window.fromMs)) / 1000,
    }))
    .filter(({ seconds }) => seconds > 0);
}

function framesOf(pid: number, { recorded }: MicrophoneFacts): number {
  return recorded.filter((one) => one.pid === pid).reduce((sum, { frames }) => sum + frames, 0);
}

/**
 * The journal of a simulated microphone.
 * @throws Error for a reader whose end is not noted: it was killed, and what it took is not known
 */
export function readJournal(text: string): Session[] {
  const begun = new Map<string, number>();
  const sessions: Session[] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [what = '', pid = '', ns, given, missed] = line.split(' ');
    const atMs = Number(ns) / 1e6;
    if (what === 'start') {
      if (begun.has(pid)) throw new Error(`reader ${pid} began twice`);
      begun.set(pid, atMs);
      continue;
    }
    const fromMs = begun.get(pid);
    if (fromMs === undefined) throw new Error(`reader ${pid} ended and never began`);
    begun.delete(pid);
    sessions.push({
      pid: Number(pid),
      fromMs,
      toMs: atMs,
      given: Number(given),
      missed: Number(missed),
    });
  }
  const [left] = begun.keys();
  if (left !== undefined) throw new Error(`reader ${left} was killed: what it took is not known`);
  return sessions;
}

/**
 * How much of a stretch of sound is the looped signal.
 * @param offset bytes of the signal before it
 * @returns bytes that are right before the first wrong one
 */
export function rightBytes(sound: Buffer, heard: Buffer, offset: number): number {
  for (let done = 0; done < sound.length;) {
    const from = (offset + done) % heard.length;
    const length = Math.min(sound.length - done, heard.length - from);
    if (sound.compare(heard, from, from + length, done, done + length) !== 0) {
      let same = 0;
      while (sound[done + same] === heard[from + same]) same += 1;
      return done + same;
    }
    done += length;
  }
  return sound.length;
}
