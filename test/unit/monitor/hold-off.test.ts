import { describe, expect, it } from 'vitest';
import { ALERT_RULES, type AlertCode, type Condition } from '@main/monitor/alert-rules';
import { type HeldConditions, holdOff } from '@main/monitor/hold-off';

const condition = (code: AlertCode, evidence = 'first'): Condition => ({
  code,
  subject: 'mic-1',
  evidence,
});

/** Plays looks, a second apart: what is wrong at each. @returns the seconds at which an alert was open */
function openSeconds(looks: readonly (Condition | null)[]): number[] {
  let held: HeldConditions = new Map();
  return looks.flatMap((now, second) => {
    held = holdOff(held, now === null ? [] : [now], second * 1000);
    return [...held.values()].some(({ open }) => open) ? [second] : [];
  });
}
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('an alert', () => {
  it.each(Object.entries(ALERT_RULES))(
    '%s is told after its time, and cleared after its time',
    (code, { holdMs, releaseMs }) => {
      const hold = holdMs / 1000;
      const release = releaseMs / 1000;
      const looks = [...times(hold + 2, condition(code as AlertCode)), ...times(release + 2, null)];
      const open = openSeconds(looks);
      expect(open[0]).toBe(hold);
      expect(open.at(-1)).toBe(hold + 1 + release);
    },
  );

  it('is not told of a trouble that is over before its time', () => {
    const looks = [...times(29, condition('recorder.not_recording')), ...times(60, null)];
    expect(openSeconds(looks)).toEqual([]);
  });

  it('is told of a trouble that is interrupted for moments only', () => {
    const on = condition('recorder.not_recording');
    const looks = times(12, [...times(4, on), null, null]).flat();
    expect(openSeconds(looks)[0]).toBe(30);
  });

  it('stays while its trouble comes and goes', () => {
    const on = condition('device.offline');
    const looks = [on, ...times(20, [...times(8, null), on]).flat()];
    expect(openSeconds(looks)).toHaveLength(looks.length);
  });

  it('knows the newest evidence', () => {
    let held: HeldConditions = holdOff(new Map(), [condition('recorder.busy', 'early')], 0);
    held = holdOff(held, [condition('recorder.busy', 'when told')], 5_000);
    held = holdOff(held, [condition('recorder.busy', 'later')], 6_000);
    expect([...held.values()].map((one) => one.condition.evidence)).toEqual(['later']);
  });
});
