import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JanitorMode } from '@shared/model/janitor';
import { type Demand, demandsOf } from '@main/janitor/demand';
import { type Planned, Planner, type Rules, type Turn } from '@main/janitor/planner';
import { type Candidate, isReadBack } from '@main/janitor/standing';
import { anyCandidates, candidate } from '../../support/any-candidate';
import { diskAt } from '../../support/roomy-disk';

const NOW_MS = Date.UTC(2026, 4, 1);
const THRESHOLDS = { warning: 70, critical: 80, emergency: 90 };
const TURNS: readonly Turn[] = ['safe', 'discarded', 'any', 'protected'];
/** Of one candidate as above. */
const BYTES = 977 * 4096 + 245 * 4096;

function rules(changes: Partial<Rules> = {}): Rules {
  return {
    nowMs: NOW_MS,
    copiesWanted: true,
    stuck: new Set(),
    demands: [],
    oldestMs: null,
    afterUpload: false,
    blockBytes: 4096,
    ...changes,
  };
}

/** Room for so many recordings, down to each threshold. */
function demanding(mode: JanitorMode, recordings: number): Demand[] {
  const ranks = { quiet: 0, housekeeping: 1, defensive: 2, panic: 3 };
  const severities = ['housekeeping', 'defensive', 'panic'] as const;
  return severities.slice(0, ranks[mode]).map((severity) => ({
    severity,
    reason: 'disk_space',
    bytes: recordings * BYTES,
    files: 0,
  }));
}

/** As the thread that plans shows them. */
function plan(candidates: readonly Candidate[], given: Rules): Planned[] {
  const planner = new Planner(given);
  const planned: Planned[] = [];
  for (const turn of TURNS) {
    for (const one of candidates) {
      if (!planner.wants(turn, one.timeMs)) break;
      if (turn === 'discarded' && !one.discarded) continue;
      if (turn === 'protected' && !one.protected) continue;
      const verdict = planner.consider(one, turn);
      if (verdict !== null && typeof verdict === 'object') planned.push(verdict);
    }
  }
  return planned;
}
const idsOf = (planned: readonly Planned[]): number[] => planned.map((one) => one.candidate.id);

describe('a plan', () => {
  const saved = candidate({ id: 2 });
  const notAnalysed = candidate({ id: 1, analysed: false });
  const notVerified = candidate({ id: 3, verifiedBy: [] });
  const sentElsewhere = candidate({ id: 4, outstanding: true });
  const onlyHere = candidate({ id: 5, uploaded: false, verifiedBy: [] });
  const all = [notAnalysed, saved, notVerified, sentElsewhere, onlyHere];

  it.each<[JanitorMode, number[]]>([
    ['quiet', []],
    ['housekeeping', [2]],
    ['defensive', [1, 2]],
    ['panic', [1, 2, 3, 4, 5]],
  ])('in %s takes what may go then', (mode, ids) => {
    expect(idsOf(plan(all, rules({ demands: demanding(mode, 5) })))).toEqual(ids);
  });

  it('takes the oldest first and no more than is wanted', () => {
    const many = [1, 2, 3, 4].map((id) => candidate({ id }));
    const demands = demanding('housekeeping', 2);
    expect(idsOf(plan(many, rules({ demands })))).toEqual([1, 2]);
  });

  it('takes in panic what is saved before what is not, then the bin, then the oldest of all, protected ones last', () => {
    const lost = candidate({ id: 1, uploaded: false });
    const keptSafe = candidate({ id: 2, protected: true });
    const binned = candidate({ id: 3, uploaded: false, discarded: true });
    const safe = candidate({ id: 4 });
    const panicking = (count: number) =>
      plan([lost, keptSafe, binned, safe], rules({ demands: demanding('panic', count) }));
    expect(idsOf(panicking(1))).toEqual([4]);
    expect(idsOf(panicking(2))).toEqual([4, 3]);
    expect(idsOf(panicking(3))).toEqual([4, 3, 1]);
    expect(idsOf(panicking(4))).toEqual([4, 3, 1, 2]);
    expect(panicking(4).map(({ safe: isSafe }) => isSafe)).toEqual([true, false, false, true]);
  });

  it('asks for no copy where nobody wants one, and leaves what is an hour old to whoever wants to look at it', () => {
    const demands = demanding('defensive', 5);
    const fresh = candidate({
      id: 6,
      uploaded: false,
      verifiedBy: [],
      indexedAtMs: NOW_MS - 60_000,
    });
    const given = rules({ demands, copiesWanted: false });
    expect(idsOf(plan([...all, fresh], given))).toEqual([1, 2, 3, 4, 5]);
    expect(idsOf(plan([fresh], { ...given, demands: demanding('panic', 1) }))).toEqual([6]);
  });

  it('takes what is too old as soon as it is safe, however much room there is', () => {
    const oldestMs = saved.timeMs + 1;
    const young = candidate({ id: 9 });
    const planned = plan([...all, young], rules({ oldestMs }));
    expect(planned.map(({ candidate: { id }, reason }) => [id, reason])).toEqual([[2, 'max_age']]);
  });

  it('takes what was read back at once where that is wished, and nothing that has no copy', () => {
    const planned = plan(all, rules({ afterUpload: true }));
    expect(planned.map(({ candidate: { id }, reason }) => [id, reason])).toEqual([
      [2, 'after_upload'],
    ]);
    expect(plan([onlyHere], rules({ afterUpload: true, copiesWanted: false }))).toEqual([]);
  });

  it('counts files where inodes are scarce', () => {
    const demands: Demand[] = [{ severity: 'housekeeping', reason: 'inodes', bytes: 0, files: 3 }];
    const half = candidate({ id: 1, missingFile: 'processed' });
    const planned = plan([half, ...[2, 3].map((id) => candidate({ id }))], rules({ demands }));
    expect(planned.map(({ candidate: { id }, reason }) => [id, reason])).toEqual([
      [1, 'inodes'],
      [2, 'inodes'],
    ]);
  });

  it('leaves what would not go, what is sent just now, what came a moment ago and what was fetched back', () => {
    const demands = demanding('defensive', 9);
    const candidates = [
      candidate({ id: 1 }),
      candidate({ id: 2, inUse: true }),
      candidate({ id: 3, indexedAtMs: NOW_MS - 10_000 }),
      candidate({ id: 4, fetchedBackAtMs: NOW_MS - 86_400_000 }),
      candidate({ id: 5, fetchedBackAtMs: NOW_MS - 8 * 86_400_000 }),
    ];
    expect(idsOf(plan(candidates, rules({ demands, stuck: new Set([1]) })))).toEqual([5]);
  });
});

describe('no plan ever', () => {
  const anyMode = fc.constantFrom<JanitorMode>('quiet', 'housekeeping', 'defensive', 'panic');
  const PERCENT = { quiet: 60, housekeeping: 75, defensive: 85, panic: 95 };
  const anyRules = fc
    .record({
      mode: anyMode,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      minFreeBytes: fc.constantFrom(null, 1e9, 90e9),
      oldestMs: fc.constantFrom(null, NOW_MS / 2),
      afterUpload: fc.boolean(),
      copiesWanted: fc.boolean(),
      stuck: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    })
    .map(({ mode, share, minFreeBytes, stuck, ...rest }) => ({
      mode,
      rules: rules({
        ...rest,
        stuck: new Set(stuck),
        // So small that some plans end early, and some fall short.
        demands: demandsOf(mode, diskAt(PERCENT[mode]), THRESHOLDS, minFreeBytes).map((one) => ({
          ...one,
          bytes: Math.ceil((one.bytes / 26e9) * share * 40 * BYTES),
        })),
      }),
    }));
  const check = (
    property: (
      planned: readonly Planned[],
      given: Rules,
      mode: JanitorMode,
      all: Candidate[],
    ) => void,
  ): void => {
    fc.assert(
      fc.property(anyCandidates(NOW_MS), anyRules, (all, { mode, rules: given }) => {
        property(plan(all, given), given, mode, all);
      }),
      { numRuns: 1_000 },
    );
  };

  it('contains before panic what is not safe: not read back, or protected', () => {
    check((planned, given, mode) => {
      if (mode === 'panic') return;
      for (const { candidate: one } of planned) {
        expect(isReadBack(one) || !given.copiesWanted).toBe(true);
        expect(one.protected).toBe(false);
      }
    });
  });

  it('contains in housekeeping what was not analysed, unless a floor of free bytes demands it', () => {
    check((planned, given, mode) => {
      const hasFloor = given.demands.some(({ reason }) => reason === 'min_free');
      if (mode === 'defensive' || mode === 'panic' || hasFloor) return;
      expect(planned.every(({ candidate: one }) => one.analysed)).toBe(true);
    });
  });

  it('contains what would not go, is in use, or came a moment ago', () => {
    check((planned, given) => {
      for (const { candidate: one } of planned) {
        expect(given.stuck.has(one.id) || one.inUse).toBe(false);
        expect(one.indexedAtMs <= NOW_MS && NOW_MS - one.indexedAtMs < 30_000).toBe(false);
      }
    });
  });

  it('contains what is not saved while something stays that is saved and could have gone', () => {
    check((planned, given, _, all) => {
      if (!planned.some(({ safe, candidate: one }) => !safe && !one.protected)) return;
      const taken = new Set(idsOf(planned));
      const left = plan(
        all.filter(({ id }) => !taken.has(id)),
        { ...given, demands: demanding('defensive', 40) },
      );
      expect(left).toEqual([]);
    });
  });

  it('contains something protected while anything else could have gone', () => {
    check((planned, given, _, all) => {
      if (!planned.some(({ candidate: one }) => one.protected)) return;
      const taken = new Set(idsOf(planned));
      const left = all.filter((one) => !taken.has(one.id) && !one.protected);
      expect(plan(left, { ...given, demands: demanding('panic', 40) })).toEqual([]);
    });
  });

  it('contains one twice, or is out of order within its turn', () => {
    check((planned) => {
      expect(new Set(idsOf(planned)).size).toBe(planned.length);
      const safeOnes = planned.filter(({ severity }) => severity !== 'panic');
      const times = safeOnes.map(({ candidate: one }) => one.timeMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });
  });

  it('takes more than is demanded, and falls short while something is left that may go', () => {
    check((planned, given, mode, all) => {
      const byDemand = planned.filter(({ severity }) => severity !== null);
      const last = byDemand.at(-1);
      if (last === undefined) return;
      const most = Math.max(...given.demands.map(({ bytes }) => bytes));
      const before = planned
        .slice(0, planned.indexOf(last))
        .reduce((sum, one) => sum + one.bytes, 0);
      expect(before).toBeLessThan(most);
      if (mode !== 'panic' || planned.length === all.length) return;
      const panic = given.demands.find(({ severity }) => severity === 'panic');
      const freed = planned.reduce((sum, one) => sum + one.bytes, 0);
      const neverGo = all.filter(
        (one) =>
          given.stuck.has(one.id) ||
          one.inUse ||
          (one.indexedAtMs <= NOW_MS && NOW_MS - one.indexedAtMs < 30_000),
      );
      const isAllGone = planned.length + neverGo.length === all.length;
      expect(isAllGone || freed >= (panic?.bytes ?? 0)).toBe(true);
    });
  });
});
