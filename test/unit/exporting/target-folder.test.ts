import { expect, it } from 'vitest';
import { roomProblem } from '@main/exporting/target-folder';

const disk = { totalBytes: 100e9, freeBytes: 30e9 };

it.each([
  { needed: 30e9, onData: false, problem: null },
  { needed: 31e9, onData: false, problem: 'it has room for 30.0 GB, and 31.0 GB are needed' },
  // A tenth of the data disk is kept for what is recorded meanwhile.
  { needed: 20e9, onData: true, problem: null },
  {
    needed: 21e9,
    onData: true,
    problem:
      'it has room for 20.0 GB, and 21.0 GB are needed: it lies on the data disk, where room is kept for recording',
  },
])('$needed bytes, on the data disk: $onData', ({ needed, onData, problem }) => {
  const request = { neededBytes: needed, dataDiskLimitPercent: 90 };
  expect(roomProblem(disk, request, onData)).toBe(problem);
});

it('a disk that is fuller than it may be has no room at all', () => {
  const request = { neededBytes: 1, dataDiskLimitPercent: 60 };
  expect(roomProblem(disk, request, true)).toMatch(/^it has room for 0\.0 MB/);
});

it('a file system that does not tell is tried', () => {
  expect(roomProblem(null, { neededBytes: 1e15, dataDiskLimitPercent: 90 }, true)).toBeNull();
});
