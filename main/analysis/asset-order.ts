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

/** First of all the number of its thread for the system; then one answer per order. */
export type AssetAnswer =
  { readonly thread: number | null } | { readonly sizeBytes: number } | { readonly error: string };
