import type { AssetKind } from '@shared/model/analysis';
import type { SoundLayout } from './sample-reader';

/** What the thread is to make. */
export interface AssetOrder {
  readonly kind: AssetKind;
  /** The sound. */
  readonly source: string;
  readonly layout: SoundLayout;
  /** Where the result goes; its folder is there. */
  readonly target: string;
}

/** First of all the number of its thread for the system. */
export interface AssetWord {
  readonly id?: undefined;
  readonly thread: number | null;
}

/** Then one answer per order. */
export type AssetAnswer =
  | { readonly id: number; readonly sizeBytes: number }
  | { readonly id: number; readonly error: string };
