import type { Copy, CustodyState } from '@shared/model/custody';
import type { Recording } from '@shared/model/recording';
import {
  IconCloudCheck,
  IconCloudDown,
  IconCloudUp,
  IconDeviceSdCard,
  IconFileX,
  IconCloud,
  type Icon,
} from '@tabler/icons-react';
import type { Tone } from '../../components/tone';

/** Green is for what was read back; red for what is nowhere any more. */
export const CUSTODY_LOOK: Readonly<
  Record<CustodyState, { readonly tone: Tone; readonly icon: Icon }>
> = {
  local_only: { tone: 'neutral', icon: IconDeviceSdCard },
  uploaded: { tone: 'info', icon: IconCloudUp },
  verified: { tone: 'good', icon: IconCloudCheck },
  local_deleted: { tone: 'info', icon: IconCloud },
  fetched_back: { tone: 'good', icon: IconCloudDown },
  lost: { tone: 'danger', icon: IconFileX },
};

export const COPY_TONE: Readonly<Record<Copy['state'], Tone>> = {
  queued: 'neutral',
  uploading: 'info',
  uploaded: 'info',
  verified: 'good',
  failed: 'pending',
  given_up: 'attention',
  remote_deleted: 'attention',
};

/** As far as a row of the list tells; its details know more. */
export function custodyAtAGlance({
  uploaded,
  localDeleted,
}: Pick<Recording, 'uploaded' | 'localDeleted'>):
  'local_only' | 'verified' | 'local_deleted' | 'lost' {
  if (localDeleted) return uploaded ? 'local_deleted' : 'lost';
  return uploaded ? 'verified' : 'local_only';
}
