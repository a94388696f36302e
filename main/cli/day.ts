import { InvalidArgumentError } from 'commander';
import { daySchema } from '@shared/model/coverage';

/**
 * A calendar day, e.g. `2026-11-21`.
 * @throws commander's InvalidArgumentError
 */
export function calendarDay(text: string): string {
  const parsed = daySchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Expected a day, e.g. 2026-11-21.');
}
