import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputError, readDetections } from '@main/analysis/detections-output';

const GOOD = { start: 1, end: 2.5, label: 'Nyctalus noctula', confidence: 0.9 };
const read = (value: unknown): unknown => readDetections(JSON.stringify(value), 10);

describe('what a command prints', () => {
  it.each([
    ['a list', [GOOD]],
    ['a list within an object', { detections: [GOOD], model: 'x' }],
    ['with more than is kept', [{ ...GOOD, species_code: 7 }]],
  ])('is read as %s', (_name, value) => {
    expect(read(value)).toEqual([GOOD]);
  });

  it('may be that nothing was heard', () => {
    expect(read([])).toEqual([]);
  });

  it.each([
    ['', 'printed nothing'],
    ['no JSON', 'not JSON'],
    ['7', 'the whole'],
    ['{}', 'detections'],
    ['[7]', '[0]'],
    [JSON.stringify([GOOD, { ...GOOD, confidence: 1.5 }]), '[1].confidence'],
    [JSON.stringify([{ ...GOOD, start: '1' }]), '[0].start'],
    [JSON.stringify([{ ...GOOD, start: -1 }]), '[0].start'],
    [JSON.stringify([{ ...GOOD, end: 0.5 }]), '[0].end: before its start'],
    [JSON.stringify([{ ...GOOD, start: 99, end: 100 }]), '[0].start: after the end'],
    [JSON.stringify([{ ...GOOD, label: '' }]), '[0].label'],
    [JSON.stringify([{ ...GOOD, label: '\u0007\u202e' }]), '[0].label: nothing that can be shown'],
    [JSON.stringify([{ ...GOOD, label: 'x'.repeat(201) }]), '[0].label'],
    [JSON.stringify({ detections: [{ ...GOOD, end: null }] }), 'detections[0].end'],
    [JSON.stringify(Array.from({ length: 5001 }, () => GOOD)), 'the whole'],
  ])('and is not as agreed (%s) is refused with its place', (text, place) => {
    expect(() => readDetections(text, 10)).toThrow(OutputError);
    expect(() => readDetections(text, 10)).toThrow(place);
  });

  it('holds no orders to a terminal', () => {
    const [one] = readDetections(
      JSON.stringify([{ ...GOOD, label: '\u001b[2JMyotis\u0000 \u202emyotis\n' }]),
      10,
    );
    expect(one?.label).toBe('[2JMyotis myotis');
  });

  it('never makes the reader fail in another way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          readDetections(text, 10);
        } catch (error) {
          expect(error).toBeInstanceOf(OutputError);
        }
      }),
    );
  });
});
