import type { CloudFailure } from '@shared/model/remote';
import type { Clock } from '../../clock/clock';
import { isOutage } from './failure-policy';
import type { UploadRemote } from './remote-source';

/** Where alerts are raised and cleared. */
export interface AlertSink {
  raise(code: string, level: 'warning', evidence: string, subject: string): void;
  clear(code: string, subject: string): void;
}

/** Outages shorter than this are everyday. */
const UNREACHABLE_MS = 2 * 3_600_000;
const CODES = ['cloud.unreachable', 'cloud.clock', 'cloud.refused', 'cloud.full'] as const;

/** What a person must know of remotes that take nothing. */
export class LaneAlerts {
  readonly #sink: AlertSink;
  readonly #clock: Clock;
  /** By slug: when the remote was reached no more, monotonic milliseconds, and its last failure. */
  readonly #outages = new Map<string, { readonly sinceMs: number; last: CloudFailure }>();

  constructor(sink: AlertSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  succeeded({ slug }: UploadRemote): void {
    this.#outages.delete(slug);
    for (const code of CODES) this.#sink.clear(code, slug);
  }

  failed(remote: UploadRemote, failure: CloudFailure): void {
    const { slug, name } = remote;
    if (failure.code === 'TLS_CLOCK') {
      const evidence = `The certificate of "${name}" is not valid at this station's time: its clock may be wrong. ${failure.detail}`;
      this.#sink.raise('cloud.clock', 'warning', evidence, slug);
    }
    if (!isOutage(failure.code)) {
      // It answers.
      this.#outages.delete(slug);
      this.#sink.clear('cloud.unreachable', slug);
      return;
    }
    const outage = this.#outages.get(slug) ?? { sinceMs: this.#clock.monotonicMs(), last: failure };
    outage.last = failure;
    this.#outages.set(slug, outage);
    this.#tell(remote);
  }

  stopped({ slug, name }: UploadRemote, why: 'refused' | 'full', { detail }: CloudFailure): void {
    const evidence =
      why === 'refused'
        ? `"${name}" refuses this station: ${detail} Nothing is uploaded to it until somebody has looked at it.`
        : `"${name}" is full: ${detail} Nothing is uploaded to it until there is room.`;
    this.#sink.raise(`cloud.${why}`, 'warning', evidence, slug);
  }

  /** How a remote stands now: whoever paused or mended it has heard of it. */
  look(remote: UploadRemote): void {
    const { slug, stoppedFor } = remote;
    if (stoppedFor !== 'refused') this.#sink.clear('cloud.refused', slug);
    if (stoppedFor !== 'full') this.#sink.clear('cloud.full', slug);
    if (stoppedFor === 'pause') this.forget(slug);
    else this.#tell(remote);
  }

  /** It is no remote any more, or nobody wants anything of it. */
  forget(slug: string): void {
    this.#outages.delete(slug);
    for (const code of CODES) this.#sink.clear(code, slug);
  }

  #tell({ slug, name }: UploadRemote): void {
    const outage = this.#outages.get(slug);
    if (outage === undefined) return;
    const lastsMs = this.#clock.monotonicMs() - outage.sinceMs;
    if (lastsMs < UNREACHABLE_MS) return;
    const hours = String(Math.floor(lastsMs / 3_600_000));
    const evidence = `"${name}" was not reached for ${hours} h. Its recordings wait here, and nothing is lost of them. ${outage.last.detail}`;
    this.#sink.raise('cloud.unreachable', 'warning', evidence, slug);
  }
}
