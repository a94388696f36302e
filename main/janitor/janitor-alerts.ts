import type { JanitorMode, StorageForecast } from '@shared/model/janitor';

/** Where alerts are raised and cleared. */
export interface AlertSink {
  raise(code: string, level: 'info' | 'warning' | 'critical', evidence: string): void;
  clear(code: string): void;
}

/** What the janitor has to tell of. */
export interface JanitorNews {
  readonly mode: JanitorMode;
  readonly copiesWanted: boolean;
  /** Why nothing is deleted; null: it is. */
  readonly held: string | null;
  /** The disk demands room, and nothing is left that may go. */
  readonly exhausted: boolean;
  /** Recordings that went while the database could not be asked. */
  readonly blindly: number;
  /** Since the disk was last at ease. */
  readonly lost: {
    readonly unsaved: number;
    readonly protected: number;
    readonly unwanted: number;
  };
  readonly stuck: ReadonlyMap<number, string>;
}

interface Condition {
  readonly level: 'warning' | 'critical';
  /** null: it does not hold. */
  readonly evidence: string | null;
}

/** Raises what holds, clears what does not. */
export function tellNews(alerts: AlertSink, news: JanitorNews): void {
  for (const [code, { level, evidence }] of Object.entries(conditionsOf(news))) {
    if (evidence === null) alerts.clear(code);
    else alerts.raise(code, level, evidence);
  }
}

function conditionsOf(news: JanitorNews): Record<string, Condition> {
  const { mode, held, exhausted, blindly, lost, stuck, copiesWanted } = news;
  const [firstStuck] = stuck;
  return {
    'janitor.unsaved_deleted': {
      level: 'critical',
      evidence: told(
        lost.unsaved > 0,
        `The disk was nearly full: ${recordings(lost.unsaved)} went of which no copy had been read back.`,
      ),
    },
    'janitor.protected_deleted': {
      level: 'critical',
      evidence: told(
        lost.protected > 0,
        `The disk was nearly full and nothing else was left: ${recordings(lost.protected)} went that people had protected.`,
      ),
    },
    'janitor.without_remote': {
      level: 'warning',
      evidence: told(
        !copiesWanted && lost.unwanted > 0,
        `There is no remote, so nothing has to be uploaded before it goes: ${recordings(lost.unwanted)} went without any copy.`,
      ),
    },
    'janitor.held': {
      level: mode === 'panic' ? 'critical' : 'warning',
      evidence: held === null || mode === 'quiet' ? null : `Nothing is deleted: ${held}`,
    },
    'janitor.exhausted': {
      level: 'critical',
      evidence: told(
        exhausted,
        'The disk is nearly full, and there is no recording left that could go. Something else fills it.',
      ),
    },
    'janitor.blind': {
      level: 'critical',
      evidence: told(
        blindly > 0,
        `The database could not be asked and the disk was nearly full: the oldest ${recordings(blindly)} went, whatever is known of them.`,
      ),
    },
    'janitor.stuck': {
      level: 'warning',
      evidence:
        firstStuck === undefined
          ? null
          : `${recordings(stuck.size)} could not be deleted; recording ${String(firstStuck[0])}: ${firstStuck[1]}`,
    },
  };
}

const HOUR_MS = 3_600_000;
/** A first loss within so long is told of … */
const NEAR_MS = 72 * HOUR_MS;
/** … and not any more when it is this far again. */
const FAR_MS = 84 * HOUR_MS;
const STEP_MS = 600_000;

/** "First unsaved loss on Friday 03:10." Where there is no remote everything goes in its turn: that is told otherwise. */
export function tellForecast(
  alerts: AlertSink,
  forecast: StorageForecast,
  context: { readonly nowMs: number; readonly timezone: string; readonly copiesWanted: boolean },
): void {
  const { firstLossAt, confidence } = forecast;
  const { nowMs, timezone, copiesWanted } = context;
  if (confidence === 'none' || confidence === 'guess') return; // too little is known to tell, or to take it back
  const inMs = firstLossAt === null ? Infinity : Date.parse(firstLossAt) - nowMs;
  if (!copiesWanted || inMs > FAR_MS) {
    alerts.clear('storage.loss_foreseen');
    return;
  }
  if (inMs > NEAR_MS) return;
  const at = new Date(Math.floor((nowMs + inMs) / STEP_MS) * STEP_MS);
  const when = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timezone,
  }).format(at);
  alerts.raise(
    'storage.loss_foreseen',
    'warning',
    `If all goes on as within the last ${forecast.basisHours.toFixed(0)} h, the first recording goes without a copy on ${when}.`,
  );
}

function told(holds: boolean, evidence: string): string | null {
  return holds ? evidence : null;
}

function recordings(count: number): string {
  return `${String(count)} recording${count === 1 ? '' : 's'}`;
}
