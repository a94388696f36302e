import type { Edit } from '@main/wav/edits';

const BLOCK = 4096;

/**
 * What a file may hold when its edits were cut short: by SIGKILL after any byte of any step, or by a power cut,
 * which lets any of the steps since the last sync reach the disk, or only the new length of the file.
 */
export function* interruptedEdits(before: Buffer, edits: readonly Edit[]): Generator<Buffer> {
  let durable = before;
  let group: Edit[] = [];
  for (const edit of edits) {
    if (edit.step !== 'sync') {
      group.push(edit);
      continue;
    }
    yield* killed(durable, group);
    yield* cutOff(durable, group);
    durable = applied(durable, group);
    group = [];
  }
  yield* killed(durable, group);
  yield applied(durable, group);
}

export function applied(before: Buffer, edits: readonly Edit[]): Buffer {
  return edits.reduce(apply, before);
}

function apply(bytes: Buffer, edit: Edit): Buffer {
  if (edit.step === 'sync') return bytes;
  if (edit.step === 'truncate') return bytes.subarray(0, edit.to);
  const end = edit.position + edit.bytes.length;
  const after = Buffer.alloc(Math.max(bytes.length, end));
  bytes.copy(after);
  edit.bytes.copy(after, edit.position);
  return after;
}

function* killed(before: Buffer, group: readonly Edit[]): Generator<Buffer> {
  for (const [i, edit] of group.entries()) {
    const until = applied(before, group.slice(0, i));
    yield until;
    if (edit.step !== 'write') continue;
    for (const length of tornLengths(edit.bytes.length)) {
      yield apply(until, { ...edit, bytes: edit.bytes.subarray(0, length) });
    }
  }
}

function* cutOff(before: Buffer, group: readonly Edit[]): Generator<Buffer> {
  for (let chosen = 0; chosen < 2 ** group.length; chosen += 1) {
    const reached = group.filter((_, i) => (chosen & (1 << i)) !== 0);
    yield applied(before, reached);
  }
  const after = applied(before, group);
  if (after.length <= before.length) return;
  // The length alone, and the length with the first block unwritten.
  const unwritten = Buffer.concat([before, Buffer.alloc(after.length - before.length)]);
  yield unwritten;
  const block = Math.ceil((before.length + 1) / BLOCK) * BLOCK;
  if (block < after.length) {
    yield Buffer.concat([unwritten.subarray(0, block), after.subarray(block)]);
  }
}

function tornLengths(length: number): number[] {
  const all = Array.from({ length: length - 1 }, (_, i) => i + 1);
  return length <= 64 ? all : all.filter((n) => n <= 32 || n % 509 === 0 || n >= length - 4);
}
