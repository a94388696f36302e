import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LogTail } from '@main/recorder/log-tail';
import { SegmentList } from '@main/recorder/segment-list';
import { temporaryFolder } from '../../support/temporary-folder';

describe('a followed segment list', () => {
  it('gives each closed segment once, and none whose line is half written', async () => {
    const file = join(temporaryFolder(), 'raw.csv');
    const list = new SegmentList(file);
    expect(await list.readNew()).toEqual([]);
    writeFileSync(file, '0a1b2c3d_00000000.wav,0.000000,10.000000\n0a1b2c3d_0000');
    expect(await list.readNew()).toEqual([{ sequence: 0, startS: 0, endS: 10 }]);
    appendFileSync(file, '0001.wav,10.000000,20.000000\nnot a row\n');
    expect(await list.readNew()).toEqual([{ sequence: 1, startS: 10, endS: 20 }]);
    expect(await list.readNew()).toEqual([]);
  });

  it('counts beyond eight digits', async () => {
    const file = join(temporaryFolder(), 'raw.csv');
    writeFileSync(file, '0a1b2c3d_123456789.wav,1234567890.000000,1234567900.000000\n');
    expect(await new SegmentList(file).readNew()).toEqual([
      { sequence: 123456789, startS: 1234567890, endS: 1234567900 },
    ]);
  });
});

describe('a followed log', () => {
  it('gives what is new, and keeps the last words', async () => {
    const file = join(temporaryFolder(), 'ffmpeg.log');
    const tail = new LogTail(file);
    expect(await tail.read()).toBe('');
    writeFileSync(file, 'one\n');
    expect(await tail.read()).toBe('one\n');
    appendFileSync(file, 'two\n');
    expect(await tail.read()).toBe('two\n');
    expect(tail.text).toBe('one\ntwo\n');
  });

  it('is emptied before it fills the disk, and goes on', async () => {
    const file = join(temporaryFolder(), 'ffmpeg.log');
    const tail = new LogTail(file);
    writeFileSync(file, 'x'.repeat(1024 * 1024));
    await tail.read();
    expect(statSync(file).size).toBe(0);
    appendFileSync(file, 'the end\n');
    expect(await tail.read()).toBe('the end\n');
    expect(tail.text.length).toBeLessThan(20_000);
  });
});
