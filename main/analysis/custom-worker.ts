import type { Settings } from '@shared/model/settings';
import type { Clock } from '../clock/clock';
import { type Command, commandFor } from './command-template';
import type { DetectionStore } from './detection-store';
import { readDetections } from './detections-output';
import {
  type AnalysisWorker,
  NOTHING_TO_WRITE,
  type Outcome,
  type WaitingRecording,
} from './worker';

/** Runs a command to its end. @returns what it printed */
export type RunCommand = (
  command: Command,
  limits: { readonly timeoutMs: number; readonly clock: Clock; readonly signal: AbortSignal },
) => Promise<string>;

export const CUSTOM_WORKER = 'custom';

/** Lets a command of the user's listen to every recording, and writes down what it hears. */
export class CustomWorker implements AnalysisWorker {
  readonly name = CUSTOM_WORKER;
  readonly #settings: () => Settings['analysis'];
  readonly #detections: DetectionStore;
  readonly #run: RunCommand;
  readonly #clock: Clock;

  constructor(options: {
    settings: () => Settings['analysis'];
    detections: DetectionStore;
    run: RunCommand;
    clock: Clock;
  }) {
    this.#settings = options.settings;
    this.#detections = options.detections;
    this.#run = options.run;
    this.#clock = options.clock;
  }

  version(): string {
    return this.#settings().custom_version;
  }

  enabled(): boolean {
    const { custom_enabled: enabled, custom_command: command } = this.#settings();
    return enabled && command !== null;
  }

  oldestMs(): null {
    return null;
  }

  /** @throws CommandError, OutputError */
  async analyse(
    { id, durationS, files }: WaitingRecording,
    _wanted: boolean,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const settings = this.#settings();
    const version = settings.custom_version;
    const other = settings.custom_stream === 'raw' ? files.processed : files.raw;
    const file = files[settings.custom_stream] ?? other;
    if (file === undefined) {
      return { state: 'skipped', detail: 'There is no file.', write: NOTHING_TO_WRITE };
    }
    const command = commandFor(settings.custom_command ?? '', file);
    if (command === null) throw new Error('The command has a quote without an end, or no program.');
    const timeoutMs = settings.custom_timeout * 1000;
    const printed = await this.#run(command, { timeoutMs, clock: this.#clock, signal });
    const found = readDetections(printed, durationS);
    return {
      state: 'done',
      detail: '',
      write: () => {
        this.#detections.replace(id, this.name, version, found, this.#clock.wallMs());
      },
    };
  }
}
