import type { AssetKind } from '@shared/model/analysis';
import type { Clock } from '../clock/clock';
import { inspectWav } from '../wav/inspect';
import type { AssetOrder } from './asset-order';
import { ASSET_VERSION, type AssetStore } from './asset-store';
import type { SoundLayout } from './sample-reader';
import {
  type AnalysisWorker,
  NOTHING_TO_WRITE,
  type Outcome,
  type WaitingRecording,
} from './worker';

/** Whoever makes assets, one at a time. */
export interface AssetMaker {
  make(order: AssetOrder): Promise<number>;
  close(): Promise<void>;
}

/** Where there is no more room, only of what was recorded within so long something is made in advance. */
const FRESH_MS = 86_400_000;

/** Makes one kind of asset of recordings: of the raw file, of the processed one where there is no raw. */
export class AssetMaking implements AnalysisWorker {
  readonly name: AssetKind;
  readonly enabled: () => boolean;
  readonly #maker: AssetMaker;
  readonly #store: AssetStore;
  readonly #clock: Clock;

  constructor(options: {
    kind: AssetKind;
    enabled: () => boolean;
    maker: AssetMaker;
    store: AssetStore;
    clock: Clock;
  }) {
    this.name = options.kind;
    this.enabled = options.enabled;
    this.#maker = options.maker;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  version(): string {
    return String(ASSET_VERSION[this.name]);
  }

  /** Else a season would be worked through, each picture making another one go that nobody has seen either. */
  oldestMs(): number | null {
    return this.#store.isFull ? this.#clock.wallMs() - FRESH_MS : null;
  }

  /** @throws WavError, Node's errors, or the maker's */
  async analyse(
    recording: WaitingRecording,
    wanted: boolean,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { id, timeMs, files } = recording;
    const source = files.raw ?? files.processed;
    if (source === undefined) return skipped('There is no file.');
    if (!wanted && timeMs < (this.oldestMs() ?? -Infinity)) {
      return skipped('The room for pictures is used up: it is made when somebody looks.');
    }
    const layout = await layoutOf(source);
    if (layout.frames === 0) return skipped('There is no sound in the file.');
    const kind = this.name;
    const target = await this.#store.place(id, kind);
    const stop = (): void => {
      void this.#maker.close();
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const sizeBytes = await this.#maker.make({ kind, source, layout, target });
      return {
        state: 'done',
        detail: '',
        write: () => {
          this.#store.put(id, kind, sizeBytes);
        },
        abandon: () => this.#store.removeStray(id, kind),
      };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

function skipped(detail: string): Outcome {
  return { state: 'skipped', detail, write: NOTHING_TO_WRITE };
}

async function layoutOf(path: string): Promise<SoundLayout> {
  const { channels, dataOffset, frameBytes, frames, sampleRateHz, sampleType } = await inspectWav(
    path,
    'integer or float',
  );
  const containerBytes = frameBytes / channels;
  if (!isKnownSize(containerBytes)) {
    throw new Error(`Samples of ${String(containerBytes)} bytes are not known.`);
  }
  return { offset: dataOffset, frames, channels, containerBytes, sampleType, sampleRateHz };
}

function isKnownSize(bytes: number): bytes is SoundLayout['containerBytes'] {
  return [1, 2, 3, 4, 8].includes(bytes);
}
