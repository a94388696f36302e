import { messageOf } from '@main/error-message';
/** Signals this close together are one. */
const ECHO_MS = 3_000;
/** How long a clean stop may take before the console leaves without it. Captures close their files well within. */
export const STOP_BOUND_MS = 15_000;

export interface ShutdownOptions {
  /** Stops everything that runs; called once. */
  readonly stop: () => Promise<void>;
  /** Ends the process; nothing happens after it. */
  readonly exit: (code: number) => void;
  /** Told when `stop` failed or did not end in time. */
  readonly onTrouble: (reason: string) => void;
  readonly boundMs?: number;
}

/** The one way out: stops the station, then leaves, whatever the station does and however often it is asked. */
export class Shutdown {
  readonly #options: ShutdownOptions;
  #underWay = false;
  #firstSignalMs = -Infinity;

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  get underWay(): boolean {
    return this.#underWay;
  }

  /** @param code what the process says at the end */
  begin(code = 0): void {
    if (this.#underWay) return;
    this.#underWay = true;
    const { stop, exit, onTrouble, boundMs = STOP_BOUND_MS } = this.#options;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(timer);
      exit(code);
    };
    const timer = setTimeout(() => {
      onTrouble(`it took longer than ${String(boundMs / 1000)} s`);
      leave();
    }, boundMs);
    stop().then(leave, (error: unknown) => {
      onTrouble(messageOf(error));
      leave();
    });
  }

  /**
   * A signal: the first stops cleanly, a second one leaves at once. One hang-up can arrive twice, from the
   * kernel and from whoever passes signals on; what comes within three seconds is the same one.
   */
  signal(): void {
    const nowMs = performance.now();
    if (!this.#underWay) {
      this.#firstSignalMs = nowMs;
      this.begin();
    } else if (nowMs - this.#firstSignalMs > ECHO_MS) this.#options.exit(1);
  }
}
