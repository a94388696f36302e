// Imports nothing: a worker thread uses it as it is.

/** Read of each file: a header of ours is shorter, and so is that of most others. */
export const HEAD_BYTES = 1024;

export interface HeadOrder {
  readonly id: number;
  readonly paths: readonly string[];
}

/** How a file begins, or why that cannot be read now. */
export type FileHead =
  { readonly fileBytes: number; readonly headBytes: number } | { readonly problem: string };

export interface HeadAnswer {
  readonly id: number;
  /** In the order of the paths; null: there is no such plain file. */
  readonly heads: readonly (FileHead | null)[];
  /** `HEAD_BYTES` for each. */
  readonly bytes: ArrayBuffer;
}
