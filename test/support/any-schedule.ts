import fc from 'fast-check';
import { MINUTES_PER_DAY, type Schedule, sunEventSchema } from '@shared/model/schedule';

const timeOfDay = fc.integer({ min: 0, max: MINUTES_PER_DAY - 1 }).map((minute) => {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
});
const sunTime = fc.record({
  event: fc.constantFrom(...sunEventSchema.options),
  offsetMinutes: fc.integer({ min: -720, max: 720 }),
});

/** Any schedule that the station accepts. */
export const anySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constant({ kind: 'always' as const }),
  fc.record({
    kind: fc.constant('hours' as const),
    windows: windowsBetween(timeOfDay),
  }),
  fc.record({
    kind: fc.constant('sun' as const),
    windows: windowsBetween(sunTime),
  }),
);

function windowsBetween<T>(edge: fc.Arbitrary<T>): fc.Arbitrary<{ from: T; to: T }[]> {
  return fc.array(fc.record({ from: edge, to: edge }), { minLength: 1, maxLength: 8 });
}
