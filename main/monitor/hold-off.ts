import { ALERT_RULES, type AlertRule, type Condition } from './alert-rules';

/** What is known of one condition over time. */
export interface Held {
  readonly condition: Condition;
  /** Since when it holds, monotonic ms. */
  readonly sinceMs: number;
  /** Since when it does not hold any more; null while it does. */
  readonly goneMs: number | null;
  /** It has held for long enough to be told. */
  readonly open: boolean;
}

/** By code and subject. */
export type HeldConditions = ReadonlyMap<string, Held>;

export function heldKey({ code, subject }: Pick<Condition, 'code' | 'subject'>): string {
  return JSON.stringify([code, subject]);
}

/**
 * Takes what is wrong now into what was, so that nothing is told of a moment's trouble and no alert comes and goes:
 * a condition must hold, and must be gone, for as long as its rule says.
 */
export function holdOff(
  before: HeldConditions,
  conditions: readonly Condition[],
  monotonicMs: number,
): HeldConditions {
  const held = new Map<string, Held>();
  for (const condition of conditions) {
    const known = before.get(heldKey(condition));
    const sinceMs = known?.sinceMs ?? monotonicMs;
    const wasOpen = known?.open === true;
    held.set(heldKey(condition), {
      condition,
      sinceMs,
      goneMs: null,
      open: wasOpen || monotonicMs - sinceMs >= ruleOf(condition).holdMs,
    });
  }
  for (const [key, known] of before) {
    if (held.has(key)) continue;
    const goneMs = known.goneMs ?? monotonicMs;
    if (monotonicMs - goneMs < ruleOf(known.condition).releaseMs) {
      held.set(key, { ...known, goneMs });
    }
  }
  return held;
}

function ruleOf({ code }: Condition): AlertRule {
  return ALERT_RULES[code];
}
