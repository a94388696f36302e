import { splitList } from '@main/cloud/rclone/split-list';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('whatever its items hold and however it is cut, the same items come out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          Path: fc.string({ unit: 'binary' }),
          Hashes: fc.dictionary(fc.string(), fc.string()),
        }),
      ),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      async (items, size, indented) => {
        const bytes = Buffer.from(
          JSON.stringify({ list: items }, null, indented ? '\t' : undefined),
        );
        const found: unknown[] = [];
        for await (const some of splitList(cut(bytes, size))) found.push(...some);
        expect(found).toEqual(JSON.parse(JSON.stringify(items)));
      },
    ),
  );
});

test('one that ends in the middle is no list', async () => {
  const bytes = Buffer.from('{"list":[{"Path":"a"},{"Path":');
  const read = async (): Promise<void> => {
    for await (const some of splitList(cut(bytes, 10))) expect(some).toEqual([{ Path: 'a' }]);
  };
  await expect(read()).rejects.toThrow('in the middle');
});

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
