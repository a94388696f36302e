import { InvalidArgumentError } from 'commander';

/** Collects the ids of recordings. @throws commander's InvalidArgumentError */
export function collectIds(text: string, before: number[]): number[] {
  const id = Number(text);
  if (Number.isSafeInteger(id) && id > 0) return [...before, id];
  throw new InvalidArgumentError('Expected the id of a recording, as "recordings" lists it.');
}
