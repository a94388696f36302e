import type { Custody } from '@shared/model/custody';
import { os } from './implementer';

/** Where recordings are, and how one comes back. */
export interface CustodySource {
  /** @throws NotFoundError */
  get(recordingId: number): Custody;
  /** @throws NotFoundError; NotAvailableError `no_copy`, `remote`, `no_room`, `data_disk` */
  fetch(recordingId: number, actor: string): Promise<Custody>;
}

export function custodyApi(custody: CustodySource) {
  return {
    get: os.custody.get.handler(({ input }) => custody.get(input.recordingId)),
    fetch: os.custody.fetch.handler(({ input, context }) =>
      custody.fetch(input.recordingId, context.actor),
    ),
  };
}
