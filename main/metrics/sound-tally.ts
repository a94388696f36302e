import type { EventBus, StationEvents } from '../events/bus';
import { counters, type Family } from './family';
import { Tally } from './tally';

/** What was captured and lost since the station was opened, over all runs of a device, as the recorder tells it. */
export class SoundTally {
  readonly #captured = new Tally();
  readonly #segments = new Tally();
  readonly #lost = new Tally();
  readonly #found = new Tally();

  constructor(bus: EventBus) {
    bus.on('segment.promoted', ({ device, frames, sampleRateHz }) => {
      this.#segments.add([device], 1);
      this.#captured.add([device], frames / sampleRateHz);
    });
    bus.on('sound.lost', ({ device, lostS, reason }: StationEvents['sound.lost'][0]) => {
      this.#lost.add([device, reason], lostS);
    });
    bus.on('sound.found', ({ device, foundS }) => {
      this.#found.add([device], foundS);
    });
  }

  families(devices: readonly string[]): Family[] {
    for (const device of devices) {
      for (const tally of [this.#captured, this.#segments, this.#found]) tally.add([device], 0);
      for (const reason of ['overrun', 'lost']) this.#lost.add([device, reason], 0);
    }
    return [
      counters(
        'silvasonic_recorder_captured_seconds_total',
        'Sound that was kept, since the station was opened.',
        ['device'],
        this.#captured.samples(),
      ),
      counters(
        'silvasonic_recorder_segments_total',
        'Segments that were kept, since the station was opened.',
        ['device'],
        this.#segments.samples(),
      ),
      counters(
        'silvasonic_recorder_lost_seconds_total',
        'Sound that was lost while a capture ran, since the station was opened.',
        ['device', 'reason'],
        this.#lost.samples(),
      ),
      counters(
        'silvasonic_recorder_found_seconds_total',
        'Of that: sound that came after all, and had only been held up.',
        ['device'],
        this.#found.samples(),
      ),
    ];
  }
}
