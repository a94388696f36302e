/** Samples that a device captured and that never reached the disk. */
export interface Loss {
  /** Frames of the run before the hole. */
  readonly atFrame: number;
  readonly lostS: number;
  /** `overrun`: the sound system said so; `lost`: nothing told why. */
  readonly reason: 'overrun' | 'lost';
}

/** What a meter knows, to be written down as JSON and given to the next one of the same run. */
export interface LossState {
  readonly version: 1;
  readonly rateHz: number;
  readonly first: Look | null;
  readonly last: Look | null;
  readonly section: number;
  readonly points: readonly Point[];
  readonly losses: readonly Omit<Loss, 'reason'>[];
  readonly drift: readonly DriftKnot[];
  /** The lag of the first sample, seconds, once it is settled. */
  readonly originS: number | null;
}

/** At this monotonic time, so many frames were on disk. */
interface Look {
  readonly atMs: number;
  readonly frames: number;
}

/** The least lag within one window, losses taken off. Lines of one section are joined, others are not. */
interface Point {
  readonly atMs: number;
  readonly lagS: number;
  readonly section: number;
}

/** Drift since the first frame, seconds. */
interface DriftKnot {
  readonly frame: number;
  readonly driftS: number;
}

/** The least lag to be expected: `lagS` at `originMs`, moving by `slope` s/s. */
interface Line {
  readonly originMs: number;
  readonly lagS: number;
  readonly slope: number;
  /** How wrong the slope may be, s/s. */
  readonly sigma: number;
  /** Between the first and the last point, ms. */
  readonly spanMs: number;
  readonly lastMs: number;
}

const WINDOW_MS = 10_000;
/** Half an hour: long enough for a part in a million, short enough to follow the temperature. */
const MOST_POINTS = 180;
const MOST_KNOTS = 256;
const MOST_LOSSES = 500;
const LEAST_LOSS_S = 0.05;
const LEAST_LOSS_AFTER_OVERRUN_S = 0.01;
/** How long after the sound system's word the finer threshold holds. */
const OVERRUN_MS = 90_000;
/** Nobody looked for so long that the expected lag has become a guess. */
const UNWATCHED_MS = 60_000;
/** No crystal is further off. */
const WORST_DRIFT = 500e-6;
/** What crystals are like before one is known. */
const USUAL_DRIFT = 100e-6;
/** Temperature moves a crystal that was measured by this much. */
const WANDER = 5e-6;
/** So fast, beside the drift itself, the times of segments follow a better knowledge of it. */
const SLEW = 25e-6;
const CONFIDENT = 15e-6;
const CONFIDENT_AFTER_MS = 120_000;
const LEAST_CONFIRM_MS = 5_000;
const MOST_CONFIRM_MS = 120_000;
const RECENT_LAGS = 120;
/** A device that is not known yet may deliver as seldom as this, seconds; the guess weighs as much as so many looks. */
const USUAL_PERIOD_S = 0.12;
const GUESS_WEIGHT = 4;
const PUNCTUAL = 0.3;

/**
 * Tells lost samples from a crystal that runs fast or slow.
 *
 * The lag D = elapsed monotonic time − frames ÷ rate holds the drift (a slope), every loss (a step up that stays)
 * and the delay until a frame is seen on disk (noise that is never negative). So only the lower envelope counts: a
 * straight line below all lags is the drift, and lags that stay above it by more than the noise explains are loss.
 */
export class LossMeter {
  readonly #rateHz: number;
  #first: Look | null = null;
  #last: Look | null = null;
  #section = 0;
  #points: Point[] = [];
  #losses: Omit<Loss, 'reason'>[] = [];
  #lostS = 0;
  #drift: DriftKnot[] = [{ frame: 0, driftS: 0 }];
  #originS: number | null = null;
  #line: Line | null = null;
  /** Before there is a line: it judges the looks under which it was drawn, too. */
  #early: Look[] = [];
  /** Looks above the expected lag, with the one before them: loss, or only late. */
  #pending: Look[] = [];
  #before: Look | null = null;
  /** The first pending look came after a time without looks. */
  #unwatched = false;
  #window: { readonly sinceMs: number; least: Point; frames: number } | null = null;
  /** How late the latest looks were, seconds. */
  #lateness: number[] = [];
  #overrunMs = -Infinity;
  /** How far the latest looks lie below the expected lag, one after the other, seconds. */
  #below: number[] = [];
  readonly #found: Loss[] = [];
  #takenBackS = 0;

  /** @param options.baseline what an earlier meter of the same run left; one of another rate is ignored */
  constructor(options: { readonly rateHz: number; readonly baseline?: LossState | undefined }) {
    this.#rateHz = options.rateHz;
    const { baseline } = options;
    if (baseline?.version !== 1 || baseline.rateHz !== options.rateHz) return;
    this.#first = baseline.first;
    this.#last = baseline.last;
    this.#before = baseline.last;
    this.#section = baseline.section;
    this.#points = [...baseline.points];
    this.#losses = [...baseline.losses];
    this.#lostS = this.#losses.reduce((sum, { lostS }) => sum + lostS, 0);
    this.#drift = baseline.drift.length > 0 ? [...baseline.drift] : this.#drift;
    this.#originS = baseline.originS;
    this.#line = this.#fit();
  }

  /** Seconds of sound that the run lost. */
  get lostS(): number {
    return this.#lostS;
  }

  /** Seconds that were told to be lost and came after all, since this was last asked. */
  takenBackS(): number {
    const seconds = this.#takenBackS;
    this.#takenBackS = 0;
    return seconds;
  }

  /** How much faster than the system's clock the device's runs, parts per million; null until it is certain. */
  get driftPpm(): number | null {
    const line = this.#line;
    const certain = line !== null && line.spanMs >= CONFIDENT_AFTER_MS && line.sigma <= CONFIDENT;
    return certain ? -line.slope * 1e6 : null;
  }

  /** The sound system said that it lost something about now. */
  overrun(): void {
    if (this.#last !== null) this.#overrunMs = this.#last.atMs;
  }

  /**
   * One look at what is on disk: count the frames first, then read the clock. Looks that go back in time or in
   * frames are ignored.
   * @param monotonicMs on the run's monotonic clock
   * @param frames of the run that are on disk
   * @returns a loss once it is certain: after seconds where looks are punctual, within a minute where they are not
   */
  observe(monotonicMs: number, frames: number): Loss | null {
    const look = { atMs: monotonicMs, frames };
    const last = this.#last;
    const usable = Number.isFinite(monotonicMs) && Number.isFinite(frames);
    if (!usable || (last !== null && (monotonicMs <= last.atMs || frames < last.frames))) {
      return this.#found.shift() ?? null;
    }
    this.#first ??= look;
    if (last !== null && monotonicMs - last.atMs > UNWATCHED_MS && this.#line !== null) {
      this.#digest(this.#pending.splice(0));
      this.#before = last;
      this.#unwatched = true;
    }
    this.#last = look;
    this.#pending.push(look);
    this.#judge();
    return this.#found.shift() ?? null;
  }

  /**
   * What must be added to anchor + frame ÷ rate to get the capture time of a frame, seconds: what was lost before
   * it, and the drift.
   */
  offsetS(frame: number): number {
    let lostS = 0;
    for (const loss of this.#losses) if (loss.atFrame <= frame) lostS += loss.lostS;
    return lostS + this.#driftAt(frame);
  }

  state(): LossState {
    return {
      version: 1,
      rateHz: this.#rateHz,
      first: this.#first,
      last: this.#last,
      section: this.#section,
      points: this.#points.map((point) => ({
        ...point,
        atMs: Math.round(point.atMs),
        lagS: Math.round(point.lagS * 1e5) / 1e5,
      })),
      losses: [...this.#losses],
      drift: [...this.#drift],
      originS: this.#originS,
    };
  }

  /** Lag of a look, losses taken off, seconds. */
  #lagOf(look: Look): number {
    const first = this.#first ?? look;
    return (look.atMs - first.atMs) / 1000 - look.frames / this.#rateHz - this.#lostS;
  }

  /** By how much a look is later than the best looks would be, seconds. */
  #excessOf(look: Look, line: Line): number {
    return this.#lagOf(look) - lagAt(line, look.atMs);
  }

  #judge(): void {
    if (this.#line === null) this.#drawFirstLine();
    const line = this.#line;
    if (line === null) return;
    if (this.#unwatched) {
      this.#judgeUnwatched(line);
      return;
    }
    const excess = this.#pending.map((look) => this.#excessOf(look, line));
    this.#takeBackWhatCameAfterAll(excess);
    // Until that is decided, what lies so low must not count as usual.
    if (this.#below.length > 0 && this.#losses.length > 0) return;
    const low = excess.findLastIndex((s, i) => s <= this.#thresholdS(line, this.#pending[i]));
    if (low >= 0) {
      this.#digest(this.#pending.splice(0, low + 1));
      excess.splice(0, low + 1);
    }
    const foundS = this.#certainLoss(excess);
    if (foundS !== null) this.#settle(excess, foundS);
  }

  #drawFirstLine(): void {
    const looks = this.#pending.splice(0);
    this.#early.push(...looks);
    this.#digest(looks);
    const line = this.#line;
    if (line === null) return;
    const early = this.#early.splice(0);
    const low = early.findLastIndex(
      (look) => this.#excessOf(look, line) <= this.#thresholdS(line, look),
    );
    for (const look of early.slice(0, low + 1)) this.#noteLateness(look, line);
    this.#before = early[low] ?? null;
    this.#pending = early.slice(low + 1);
  }

  /** Hours may have gone by: the threshold allows for a drift that is known only so well. */
  #judgeUnwatched(line: Line): void {
    const excess = this.#pending.map((look) => this.#excessOf(look, line));
    const leastS = Math.min(...excess);
    if (this.#pending.length < this.#looksNeeded(Math.max(leastS, LEAST_LOSS_S))) return;
    if (leastS > this.#thresholdS(line, this.#pending[0])) {
      const foundS = this.#certainLoss(excess);
      if (foundS === null) return;
      this.#settle(excess, foundS);
    } else {
      // Drift that nobody measured: the line goes on from where it is now.
      this.#section += 1;
      this.#digest(this.#pending.splice(0));
    }
    this.#unwatched = false;
  }

  #thresholdS(line: Line, look: Look | undefined): number {
    const atMs = look?.atMs ?? line.lastMs;
    const told = Math.abs(atMs - this.#overrunMs) <= OVERRUN_MS;
    const unsure = Math.min(WORST_DRIFT, 2 * line.sigma + WANDER);
    const lever = unsure > USUAL_DRIFT ? line.spanMs : line.spanMs / 4;
    const doubtS = (unsure * (Math.max(0, atMs - line.lastMs) + lever)) / 1000;
    return (told ? LEAST_LOSS_AFTER_OVERRUN_S : LEAST_LOSS_S) + doubtS;
  }

  /** The loss that the latest looks prove, seconds; null while they may only be late. */
  #certainLoss(excess: readonly number[]): number | null {
    const pending = this.#pending;
    const settled = settledFrom(excess);
    const leastS = Math.min(...excess.slice(settled));
    let needed = this.#looksNeeded(leastS);
    const spanMs = (pending.at(-1)?.atMs ?? 0) - (pending[settled]?.atMs ?? 0);
    if (spanMs >= MOST_CONFIRM_MS) needed = Math.min(needed, 6);
    const from = pending.length - needed;
    if (from < settled || spanMs < LEAST_CONFIRM_MS) return null;
    // While nothing grows, or what waited is still being written, nobody knows what is lost.
    for (let i = Math.max(from, 1); i < pending.length; i += 1) {
      if ((pending[i]?.frames ?? 0) <= (pending[i - 1]?.frames ?? 0)) return null;
    }
    const middle = from + Math.ceil(needed / 2);
    const falling = Math.min(...excess.slice(from, middle)) - Math.min(...excess.slice(middle));
    if (falling > 0.03 + 0.01 * leastS + median(this.#lateness)) return null;
    // The least of a few looks is not punctual either: by as much as the least of so many was before.
    return leastS - quantile(this.#lateness, 0.7 / (pending.length - settled));
  }

  /** So many looks hold a punctual one almost surely, as punctual as a loss of this size asks for. */
  #looksNeeded(lossS: number): number {
    const toleranceS = Math.max(Math.min(0.015, lossS / 2), 0.008 * lossS);
    const punctual = this.#lateness.filter((s) => s < toleranceS).length;
    const guessed = (GUESS_WEIGHT * toleranceS) / USUAL_PERIOD_S;
    const share = Math.max((punctual + guessed) / (this.#lateness.length + GUESS_WEIGHT), 0.02);
    if (share >= 0.95) return 4;
    return Math.min(60, Math.max(4, Math.ceil(Math.log(1e-4) / Math.log(1 - share))));
  }

  /** Writes the loss down and goes on behind it. */
  #settle(excess: readonly number[], foundS: number): void {
    const pending = this.#pending.splice(0);
    const start = pending[0];
    if (start === undefined) return;
    const before = this.#before ?? start;
    const settled = settledFrom(excess);
    // Where audio was seen to stand still is known to the packet; else it is somewhere between two looks.
    const atFrame = Math.round(settled > 0 ? start.frames : (before.frames + start.frames) / 2);
    const told = this.#overrunMs >= start.atMs - 15_000;
    this.#lostS += foundS;
    this.#losses.push({ atFrame, lostS: foundS });
    if (this.#losses.length > MOST_LOSSES) {
      const [oldest, next, ...others] = this.#losses;
      if (oldest !== undefined && next !== undefined) {
        this.#losses = [{ atFrame: oldest.atFrame, lostS: oldest.lostS + next.lostS }, ...others];
      }
    }
    this.#found.push({ atFrame, lostS: foundS, reason: told ? 'overrun' : 'lost' });
    this.#overrunMs = -Infinity;
    this.#closeWindow();
    this.#section += 1;
    this.#below = [];
    // Those that looked while it happened say nothing of the lag after it.
    this.#digest(pending.slice(settled));
  }

  /** Audio that was thought lost had only been held up: what was told is taken back, as far as it is here now. */
  #takeBackWhatCameAfterAll(excess: number[]): void {
    const latestS = excess.at(-1) ?? 0;
    this.#below = latestS < -LEAST_LOSS_S ? [...this.#below, -latestS] : [];
    if (this.#below.length < 4 || this.#losses.length === 0) return;
    let backS = Math.max(...this.#below);
    this.#below = [];
    for (
      let last = this.#losses.at(-1);
      last !== undefined && backS > 0;
      last = this.#losses.at(-1)
    ) {
      const takenS = Math.min(backS, last.lostS);
      backS -= takenS;
      this.#lostS -= takenS;
      this.#takenBackS += takenS;
      this.#losses.pop();
      if (last.lostS > takenS) this.#losses.push({ ...last, lostS: last.lostS - takenS });
    }
    const section = this.#section;
    this.#points = this.#points.filter((point) => point.section !== section);
    this.#window = null;
    this.#section += 1;
    this.#line = this.#fit() ?? this.#line;
    excess.fill(0);
  }

  #digest(looks: readonly Look[]): void {
    for (const look of looks) {
      this.#before = look;
      const lagS = this.#lagOf(look);
      if (this.#line !== null) this.#noteLateness(look, this.#line);
      const point = { atMs: look.atMs, lagS, section: this.#section };
      const window = this.#window;
      if (window === null) {
        this.#window = { sinceMs: look.atMs, least: point, frames: look.frames };
        continue;
      }
      if (lagS < window.least.lagS) window.least = point;
      window.frames = look.frames;
      if (look.atMs - window.sinceMs >= WINDOW_MS) this.#closeWindow();
    }
  }

  #noteLateness(look: Look, line: Line): void {
    this.#lateness.push(Math.max(0, this.#excessOf(look, line)));
    if (this.#lateness.length > RECENT_LAGS) this.#lateness.shift();
  }

  #closeWindow(): void {
    const window = this.#window;
    this.#window = null;
    if (window === null) return;
    this.#points.push(window.least);
    if (this.#points.length > MOST_POINTS) {
      this.#originS ??= this.#lagOfFirst();
      this.#points.splice(0, this.#points.length - MOST_POINTS);
    }
    this.#line = this.#fit();
    this.#followDrift(window.frames);
  }

  /** The line below all points: of every section its own height, of all the same slope. */
  #fit(): Line | null {
    const points = this.#points;
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return null;
    const originMs = first.atMs;
    const spanMs = last.atMs - originMs;
    const sections = bySection(points);
    const measured = spanMs > 0 ? slopeOf(sections, originMs) : 0;
    const noiseS =
      points.length < 5
        ? 0.008
        : Math.max(
            0.0005,
            median(
              sections.flatMap((section) => {
                const base = heightBelow(section, originMs, measured);
                return section.map((p) => p.lagS - base - (measured * (p.atMs - originMs)) / 1000);
              }),
            ),
          );
    const longestMs = Math.max(...sections.map(spanOf));
    const sigma = longestMs > 0 ? Math.min(1, (1.5 * noiseS * 1000) / longestMs) : 1;
    // Little is known after a few looks: what crystals are like weighs more then.
    const slope = measured * (USUAL_DRIFT ** 2 / (USUAL_DRIFT ** 2 + sigma ** 2));
    const current = sections.at(-1) ?? [];
    return {
      originMs,
      lagS: heightBelow(current, originMs, slope),
      slope,
      sigma,
      spanMs,
      lastMs: last.atMs,
    };
  }

  /** Lag of the run's first look by the line of its own section, seconds. */
  #lagOfFirst(): number {
    const line = this.#line;
    const [section] = bySection(this.#points);
    if (line === null || section === undefined || this.#first === null) return 0;
    const lagS = heightBelow(section, line.originMs, line.slope);
    return lagS + (line.slope * (this.#first.atMs - line.originMs)) / 1000;
  }

  /** Lets the drift of the times follow what is known now, too slowly for anyone to hear a seam. */
  #followDrift(frame: number): void {
    const line = this.#line;
    const last = this.#drift.at(-1);
    const first = this.#first;
    if (line === null || last === undefined || first === null || frame <= last.frame) return;
    const seconds = (frame - last.frame) / this.#rateHz;
    const certain = line.spanMs >= CONFIDENT_AFTER_MS && line.sigma <= 2 * USUAL_DRIFT;
    let stepS = 0;
    if (certain) {
      const originS = this.#originS ?? this.#lagOfFirst();
      // The drift since frame 0, not since the first look.
      const beforeS = (line.slope * first.frames) / this.#rateHz;
      const targetS = lagAt(line, line.lastMs) - originS + beforeS;
      const known = Math.max(0, Math.abs(line.slope) - 2 * line.sigma);
      const mostS = (known + SLEW) * seconds;
      stepS = Math.min(mostS, Math.max(-mostS, targetS - last.driftS));
    }
    this.#drift.push({ frame, driftS: last.driftS + stepS });
    if (this.#drift.length > MOST_KNOTS) {
      // The older half need not be known so finely.
      this.#drift = this.#drift.filter((_, i) => i === 0 || i % 2 === 0 || i > MOST_KNOTS / 2);
    }
  }

  #driftAt(frame: number): number {
    const knots = this.#drift;
    const after = knots.findIndex((knot) => knot.frame > frame);
    const right = after === -1 ? knots.length - 1 : after;
    const [a, b] = [knots[right - 1], knots[right]];
    if (b === undefined) return 0;
    if (a === undefined) return b.driftS;
    const perFrame = (b.driftS - a.driftS) / (b.frame - a.frame);
    return a.driftS + perFrame * (Math.max(0, frame) - a.frame);
  }
}

function lagAt(line: Line, atMs: number): number {
  return line.lagS + (line.slope * (atMs - line.originMs)) / 1000;
}

function bySection(points: readonly Point[]): Point[][] {
  const sections: Point[][] = [];
  for (const point of points) {
    const current = sections.at(-1);
    if (current?.[0]?.section === point.section) current.push(point);
    else sections.push([point]);
  }
  return sections;
}

function spanOf(section: readonly Point[]): number {
  return (section.at(-1)?.atMs ?? 0) - (section[0]?.atMs ?? 0);
}

/** Height at `originMs` of the highest line of this slope that lies below all points of a section. */
function heightBelow(section: readonly Point[], originMs: number, slope: number): number {
  let least = Infinity;
  for (const { atMs, lagS } of section) {
    least = Math.min(least, lagS - (slope * (atMs - originMs)) / 1000);
  }
  return least;
}

/**
 * The slope along which the punctual third of the points lies (quantile regression; what is to be least is a convex
 * function of the slope, so thirds find it). Late points, however late, do not tilt it.
 */
function slopeOf(sections: readonly (readonly Point[])[], originMs: number): number {
  const distance = (slope: number): number => {
    let sum = 0;
    for (const section of sections) {
      const heights = section.map(({ atMs, lagS }) => lagS - (slope * (atMs - originMs)) / 1000);
      const base = quantile(heights, PUNCTUAL);
      for (const height of heights) {
        sum += height > base ? PUNCTUAL * (height - base) : (1 - PUNCTUAL) * (base - height);
      }
    }
    return sum;
  };
  let [low, high] = [-2 * WORST_DRIFT, 2 * WORST_DRIFT];
  for (let turn = 0; turn < 30; turn += 1) {
    const third = (high - low) / 3;
    if (distance(low + third) <= distance(high - third)) high -= third;
    else low += third;
  }
  return Math.min(WORST_DRIFT, Math.max(-WORST_DRIFT, (low + high) / 2));
}

/** The first look after the hole: those before it saw the hole grow. */
function settledFrom(excess: readonly number[]): number {
  let from = 0;
  let least = Infinity;
  for (let i = excess.length - 1; i >= 0; i -= 1) {
    const here = excess[i] ?? 0;
    if (here < least - 0.03 && least !== Infinity) {
      from = i + 1;
      break;
    }
    least = Math.min(least, here);
  }
  return from;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** 0 when there are no values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}
