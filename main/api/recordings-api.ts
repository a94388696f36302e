import type { RecordingEditor } from '../recordings/editor';
import type { RecordingPurge } from '../recordings/purge';
import type { RecordingsRepository } from '../recordings/repository';
import { InvalidValueError, NotFoundError } from '../request-error';
import { os } from './implementer';

export interface RecordingsApiParts {
  readonly recordings: RecordingsRepository;
  readonly editor: RecordingEditor;
  readonly purge: RecordingPurge;
}

const LONGEST_CALENDAR_MS = 3660 * 86_400_000;

export function recordingsApi({ recordings, editor, purge }: RecordingsApiParts) {
  return {
    list: os.recordings.list.handler(({ input, signal }) => recordings.page(input, signal)),
    count: os.recordings.count.handler(async ({ input, signal }) => ({
      total: await recordings.count(input, signal),
    })),
    get: os.recordings.get.handler(({ input }) => {
      const recording = recordings.get(input.id);
      if (recording === null) throw new NotFoundError('recording', String(input.id));
      return recording;
    }),
    days: os.recordings.days.handler(({ input, signal }) => {
      const { from, to, ...filter } = input;
      if (Date.parse(to) - Date.parse(from) > LONGEST_CALENDAR_MS) {
        throw new InvalidValueError('to', 'expected a day at most ten years after `from`');
      }
      return recordings.days(filter, { from, to }, signal);
    }),
    describe: os.recordings.describe.handler(({ input: { id, ...texts } }) =>
      editor.describe(id, texts),
    ),
    tag: os.recordings.tag.handler(({ input }) =>
      editor.tag(input.selection, input.add, input.remove),
    ),
    protect: os.recordings.protect.handler(({ input }) =>
      editor.protect(input.selection, input.protected),
    ),
    undo: os.recordings.undo.handler(({ input }) => editor.undo(input.change)),
    tags: os.recordings.tags.handler(({ signal }) => recordings.tags(signal)),
    discard: os.recordings.discard.handler(({ input }) => editor.discard(input.selection)),
    restore: os.recordings.restore.handler(({ input }) =>
      editor.restore(input.selection, input.discardedAt),
    ),
    purgePlan: os.recordings.purgePlan.handler(({ input, signal }) =>
      recordings.purgePlan(input.selection, signal),
    ),
    purge: os.recordings.purge.handler(({ input, context }) => purge.purge(input, context.actor)),
    detections: os.recordings.detections.handler(({ input }) => recordings.detections(input.id)),
  };
}
