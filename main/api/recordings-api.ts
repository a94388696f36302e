import type { RecordingsRepository } from '../recordings/repository';
import { NotFoundError } from '../request-error';
import { os } from './implementer';

export function recordingsApi(recordings: RecordingsRepository) {
  return {
    list: os.recordings.list.handler(({ input }) => recordings.page(input)),
    count: os.recordings.count.handler(({ input }) => ({ total: recordings.count(input) })),
    get: os.recordings.get.handler(({ input }) => {
      const recording = recordings.get(input.id);
      if (recording === null) throw new NotFoundError('recording', String(input.id));
      return recording;
    }),
  };
}
