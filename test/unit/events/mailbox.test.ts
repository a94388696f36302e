import { describe, expect, it } from 'vitest';
import { Mailbox } from '@main/events/mailbox';
import { createEventBus } from '@main/events/bus';

const never = new AbortController().signal;

describe('a mailbox', () => {
  it('gives out what came in, in order, whether its reader waited or not', async () => {
    const mailbox = new Mailbox<number>(10);
    const waiting = mailbox.next(never);
    mailbox.put(1);
    mailbox.put(2);
    expect([await waiting, await mailbox.next(never)]).toEqual([1, 2]);
  });

  it('holds no more than its capacity: the oldest gives way', async () => {
    const mailbox = new Mailbox<number>(2);
    for (const item of [1, 2, 3, 4]) mailbox.put(item);
    expect([await mailbox.next(never), await mailbox.next(never)]).toEqual([3, 4]);
  });

  it('lets its reader go at an abort, before and while it waits', async () => {
    const abort = new AbortController();
    const mailbox = new Mailbox<number>(2);
    const waiting = mailbox.next(abort.signal);
    abort.abort();
    expect(await waiting).toBeUndefined();
    mailbox.put(1);
    expect(await mailbox.next(abort.signal)).toBeUndefined();
  });
});

describe('the event bus', () => {
  it('warns of no leak, however many listen', () => {
    expect(createEventBus().getMaxListeners()).toBe(0);
  });
});
