import { expect, test } from 'vitest';
import type { Gap, GapReason } from '@shared/model/coverage';
import { gapsInBrief } from '@shared/model/gaps-in-brief';

const gap = (seconds: number, reason: GapReason, to: string | null = 'x'): Gap => ({
  ...{ device: 'mic', from: '2026-11-21T00:00:00.000Z', to, seconds, reason, detail: '' },
});

test('short starts and stops are one, on the page as on the command line', () => {
  const shown = [gap(0.5, 'overrun'), gap(1, 'restart'), gap(0.3, 'restart', null)];
  const brief = [gap(0.2, 'restart'), gap(0.3, 'restart')];
  expect(gapsInBrief([...brief, ...shown])).toEqual({ shown, brief, briefS: 0.5 });
  expect(gapsInBrief(brief.slice(1)).shown).toHaveLength(1);
});
