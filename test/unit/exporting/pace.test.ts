import { expect, it } from 'vitest';
import { Pace } from '@main/exporting/pace';
import { FakeClock } from '../../support/fake-clock';

it('tells nothing in the first second', async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  pace.at(0);
  await clock.advance(900);
  pace.at(9);
  expect(pace.perS()).toBeNull();
  expect(pace.secondsFor(100)).toBeNull();
});

it('is that of the last seconds, not of all', async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  for (let second = 0; second <= 60; second += 1) {
    pace.at(second < 30 ? second * 100 : 3_000 + (second - 30) * 10);
    await clock.advance(1_000);
  }
  expect(pace.perS()).toBeGreaterThan(8);
  expect(pace.perS()).toBeLessThan(11);
  expect(pace.secondsFor(100)).toBeGreaterThan(9);
});

it('falls when nothing goes on', async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  pace.at(0);
  await clock.advance(2_000);
  pace.at(200);
  expect(pace.perS()).toBe(100);
  await clock.advance(8_000);
  expect(pace.perS()).toBe(20);
});

it('keeps no more than it needs, however often it is told', async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  for (let i = 0; i < 10_000; i += 1) pace.at(i);
  await clock.advance(1_000);
  pace.at(10_000);
  expect(pace.perS()).toBe(10_000);
  expect(pace.secondsFor(0)).toBe(0);
});
