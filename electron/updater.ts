import type { Logger } from '@main/logging/logger';
import type { Updater } from '@main/updates/updater';
import type { Settings } from '@shared/model/settings';
import { toInstant } from '@shared/model/time';
import type { UpdateStatus } from '@shared/model/update';
import { messageOf } from '@main/error-message';

/** A place that offers versions of the console. */
export interface Feed {
  readonly url: string;
  readonly channel: Settings['updates']['channel'];
}

/** Asks a feed. `abort` ends a question that is under way, which then rejects. */
export interface FeedReader {
  newestVersion(feed: Feed): Promise<{ version: string; newer: boolean }>;
  abort(): Promise<void>;
}

export interface FeedUpdaterOptions {
  readonly currentVersion: string;
  /** Read at each check, so that a changed address counts at once. */
  readonly settings: () => Settings['updates'];
  /** Loaded at the first check: it is not needed to record. */
  readonly openReader: () => Promise<FeedReader>;
  readonly logger: () => Logger;
  readonly timeoutMs?: number;
  /** UTC milliseconds. */
  readonly now?: () => number;
}

const TIMEOUT_MS = 30_000;

interface Answer {
  readonly feed: Feed;
  readonly state: 'up_to_date' | 'available' | 'failed';
  readonly availableVersion: string | null;
  readonly error: string | null;
  readonly checkedAtMs: number;
}

/** The updater of a build that can replace itself. So far it only asks; it downloads nothing. */
export class FeedUpdater implements Updater {
  readonly #options: FeedUpdaterOptions;
  #reader: FeedReader | null = null;
  #checking: Promise<UpdateStatus> | null = null;
  #answer: Answer | null = null;

  constructor(options: FeedUpdaterOptions) {
    this.#options = options;
  }

  status(): UpdateStatus {
    const feed = this.#feed();
    const answer = sameFeed(this.#answer?.feed ?? null, feed) ? this.#answer : null;
    return {
      currentVersion: this.#options.currentVersion,
      state:
        feed === null
          ? 'no_feed'
          : this.#checking !== null
            ? 'checking'
            : (answer?.state ?? 'idle'),
      availableVersion: answer?.availableVersion ?? null,
      checkedAt: answer === null ? null : toInstant(answer.checkedAtMs),
      error: answer?.error ?? null,
    };
  }

  check(): Promise<UpdateStatus> {
    const feed = this.#feed();
    if (feed === null) return Promise.resolve(this.status());
    this.#checking ??= this.#ask(feed).then((answer) => {
      this.#answer = answer;
      this.#checking = null;
      return this.status();
    });
    return this.#checking;
  }

  #feed(): Feed | null {
    const { feed_url: url, channel } = this.#options.settings();
    return url === null ? null : { url, channel };
  }

  async #ask(feed: Feed): Promise<Answer> {
    const { openReader, logger, timeoutMs = TIMEOUT_MS, now = Date.now } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    try {
      const reader = (this.#reader ??= await openReader());
      const tooLate = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`The feed gave no answer within ${String(timeoutMs / 1000)} s.`));
          // What is given up must not stand in the way of the next question.
          reader.abort().catch(() => undefined);
        }, timeoutMs);
      });
      const { version, newer } = await Promise.race([reader.newestVersion(feed), tooLate]);
      logger().info('update.checked', 'The update feed answered.', { version, newer });
      return {
        feed,
        state: newer ? 'available' : 'up_to_date',
        availableVersion: newer ? version : null,
        error: null,
        checkedAtMs: now(),
      };
    } catch (error) {
      const text = shortReason(error);
      logger().warn('update.check_failed', 'The update feed could not be read.', { error: text });
      return { feed, state: 'failed', availableVersion: null, error: text, checkedAtMs: now() };
    } finally {
      clearTimeout(timer);
    }
  }
}

function sameFeed(one: Feed | null, other: Feed | null): boolean {
  return one?.url === other?.url && one?.channel === other?.channel;
}

const LONGEST_REASON = 200;

/** The reason in one line a person can read: no stack, no page of HTML that a captive portal sent. */
export function shortReason(error: unknown): string {
  const text = messageOf(error);
  const missing = /^Cannot find channel "([^"]+)"/.exec(text);
  if (missing !== null) return `The feed has no ${missing[1] ?? 'such file'} (404).`;
  if (/^Cannot parse update info/.test(text)) {
    return 'The answer of the feed is not update information.';
  }
  const status = /^(?:HttpError: )?(\d{3})\b/.exec(text);
  if (status !== null) return `The feed answered with HTTP status ${status[1] ?? ''}.`;
  if (text.includes('ERR_CONNECTION_REFUSED')) {
    return 'The feed refuses the connection (ERR_CONNECTION_REFUSED).';
  }
  const [line = ''] = text
    .replaceAll(/<[^>]*>/g, ' ')
    .trim()
    .split('\n', 1);
  const tidy = line.replaceAll(/\s+/g, ' ').trim();
  if (tidy === '') return 'The feed could not be read.';
  return tidy.length > LONGEST_REASON ? `${tidy.slice(0, LONGEST_REASON - 1)}…` : tidy;
}
