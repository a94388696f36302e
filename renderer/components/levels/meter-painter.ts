import type { Level } from '@shared/model/level';
import { CLIPPING_DBFS, heldDbfs, holdPeak, meterPosition, type HeldPeak } from './level-scale';

/** The parts of one channel's meter. */
interface ChannelParts {
  readonly track: HTMLElement;
  /** Hides the scale beyond the peak. */
  readonly cover: HTMLElement;
  readonly rms: HTMLElement;
  readonly hold: HTMLElement;
}

const FIGURE_EVERY_MS = 500;
const LABEL_EVERY_MS = 1_000;
const CLIP_SHOWN_MS = 3_000;

/**
 * Draws levels into elements that stand already: transforms only, at most once a frame, past React. Words
 * change slowly, so that they can be read, and read out.
 */
export class MeterPainter {
  readonly #root: HTMLElement;
  readonly #inWords: (dbfs: number) => string;
  readonly #everyMs: number;
  #frame: number | null = null;
  #latest: Level | null = null;
  #paintedAtMs = Number.NEGATIVE_INFINITY;
  #figureAtMs = Number.NEGATIVE_INFINITY;
  #labelAtMs = Number.NEGATIVE_INFINITY;
  #clippedAtMs = Number.NEGATIVE_INFINITY;
  #loudestDbfs = Number.NEGATIVE_INFINITY;
  #held: HeldPeak[] = [];

  /** `everyMs`: least time between two pictures. */
  constructor(root: HTMLElement, inWords: (dbfs: number) => string, everyMs: number) {
    this.#root = root;
    this.#inWords = inWords;
    this.#everyMs = everyMs;
  }

  take(level: Level, nowMs: number): void {
    for (const [index, { peakDbfs }] of level.channels.entries()) {
      this.#held[index] = holdPeak(this.#held[index] ?? null, peakDbfs, nowMs);
      this.#loudestDbfs = Math.max(this.#loudestDbfs, peakDbfs);
      if (peakDbfs >= CLIPPING_DBFS) this.#clippedAtMs = nowMs;
    }
    // Of what piles up while the page is busy, only the newest is drawn.
    this.#latest = level;
    this.#frame ??= requestAnimationFrame((atMs) => {
      this.#frame = null;
      if (atMs - this.#paintedAtMs < this.#everyMs) return;
      this.#paintedAtMs = atMs;
      this.#paint(performance.now());
    });
  }

  stop(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  #paint(nowMs: number): void {
    const level = this.#latest;
    if (level === null) return;
    const spoken = nowMs - this.#labelAtMs >= LABEL_EVERY_MS;
    if (spoken) this.#labelAtMs = nowMs;
    for (const [index, parts] of this.#parts().entries()) {
      const channel = level.channels[index];
      const held = this.#held[index];
      if (channel === undefined || held === undefined) continue;
      parts.cover.style.transform = `scaleX(${String(1 - meterPosition(channel.peakDbfs))})`;
      parts.rms.style.transform = `scaleX(${String(meterPosition(channel.rmsDbfs))})`;
      parts.hold.style.transform = `translateX(${String(meterPosition(heldDbfs(held, nowMs)) * 100)}%)`;
      if (spoken) {
        parts.track.setAttribute('aria-valuenow', String(Math.round(channel.peakDbfs)));
        parts.track.setAttribute('aria-valuetext', this.#inWords(channel.peakDbfs));
      }
    }
    this.#root.toggleAttribute('data-clipped', nowMs - this.#clippedAtMs < CLIP_SHOWN_MS);
    if (nowMs - this.#figureAtMs >= FIGURE_EVERY_MS) {
      this.#figureAtMs = nowMs;
      const figure = this.#root.querySelector('[data-part="figure"]');
      if (figure !== null) figure.textContent = this.#inWords(this.#loudestDbfs);
      this.#loudestDbfs = Number.NEGATIVE_INFINITY;
    }
  }

  #parts(): ChannelParts[] {
    return [...this.#root.querySelectorAll<HTMLElement>('[data-part="track"]')].flatMap((track) => {
      const part = (name: string): HTMLElement | null =>
        track.querySelector<HTMLElement>(`[data-part="${name}"]`);
      const cover = part('cover');
      const rms = part('rms');
      const hold = part('hold');
      return cover === null || rms === null || hold === null ? [] : [{ track, cover, rms, hold }];
    });
  }
}
