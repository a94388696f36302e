import type { Remote } from '@shared/model/remote';
import { toInstant } from '@shared/model/time';
import type { StoppedFor } from './remote-source';
import type { UploadHours } from './upload-hours';

/** What stands between a remote and its recordings. */
export interface GateFacts {
  readonly syncEnabled: boolean;
  /** It is among the first `max_uploaders`. */
  readonly inTurn: boolean;
  readonly stoppedFor: StoppedFor | null;
  /** It is full, and it is time to see whether it still is. */
  readonly looksAgain: boolean;
  readonly hours: UploadHours;
  /** Why uploading stands back behind recording, one English sentence; empty: it need not. */
  readonly standsBack: string;
  /** It is left alone for a while; null: it is not. */
  readonly rest: {
    readonly state: 'offline' | 'resting';
    /** UTC milliseconds. */
    readonly untilMs: number;
    /** One English sentence. */
    readonly why: string;
  } | null;
}

export interface Gate {
  /** null: it may be sent to. */
  readonly state: Exclude<Remote['state'], 'idle' | 'uploading'> | null;
  /** UTC milliseconds; null: not known. */
  readonly untilMs: number | null;
  /** One English sentence; empty: nothing to say. */
  readonly detail: string;
}

/** May be sent to a remote now? Pure. */
export function gateOf(facts: GateFacts): Gate {
  const { stoppedFor, hours, standsBack, rest } = facts;
  if (stoppedFor === 'pause') return closed('paused', '');
  if (!facts.syncEnabled) return closed('off', 'Cloud sync is switched off.');
  if (!facts.inTurn) return closed('off', 'More remotes are active than are served at a time.');
  if (stoppedFor === 'refused') {
    return closed(
      'refused',
      'The remote refuses this station; somebody must look at its password.',
    );
  }
  if (!hours.open) {
    const until = hours.untilMs === null ? '' : ` until ${toInstant(hours.untilMs)}`;
    return closed('waiting_for_window', `It waits for its hours${until}.`, hours.untilMs);
  }
  if (standsBack !== '') return closed('resting', standsBack);
  if (rest !== null) return closed(rest.state, rest.why, rest.untilMs);
  if (stoppedFor === 'full' && !facts.looksAgain) return closed('full', 'The remote is full.');
  return { state: null, untilMs: null, detail: '' };
}

function closed(
  state: NonNullable<Gate['state']>,
  detail: string,
  untilMs: number | null = null,
): Gate {
  return { state, untilMs, detail };
}
