import type { Transfer, UploadAttempt, UploadFilter } from '@shared/model/upload';
import { cursorAfter, type Place, placeOf } from '../recordings/cursor';
import { os } from './implementer';

/** What is asked of uploading. */
export interface UploadsSource {
  /** What moves just now: at once, and whenever it changed, at most ten times a second. */
  watch(signal: AbortSignal): AsyncGenerator<Transfer[], void>;
  /** The newest first. @param after where the page before ended; null: at the newest */
  attempts(filter: UploadFilter, after: Place | null, limit: number): UploadAttempt[];
}

export function uploadsApi(uploads: UploadsSource) {
  return {
    watch: os.uploads.watch.handler(({ signal }) =>
      uploads.watch(signal ?? new AbortController().signal),
    ),
    list: os.uploads.list.handler(({ input: { filter, cursor, limit } }) => {
      const items = uploads.attempts(filter, cursor === undefined ? null : placeOf(cursor), limit);
      const last = items.length < limit ? undefined : items.at(-1);
      return {
        items,
        nextCursor:
          last === undefined ? null : cursorAfter({ timeMs: Date.parse(last.at), id: last.id }),
      };
    }),
  };
}
