import { describe, expect, it } from 'vitest';
import { StationError } from '@main/station-error';
import { bootSentence, needsDialog } from '../../../electron/boot-failure';

describe('a console that does not come up', () => {
  it('says a foreseen reason as it is', () => {
    const error = new StationError('DATA_FOLDER_INVALID', 'The data folder /x is a file.');
    expect(bootSentence(error)).toBe('The data folder /x is a file.');
  });

  it('says anything else in one line without a stack', () => {
    const error = new Error('it broke\n    at somewhere (file.ts:1:1)');
    expect(bootSentence(error)).toBe('The console could not start: it broke');
    expect(bootSentence('odd')).toBe('The console could not start: odd');
  });

  it.each([
    ['nowhere', false, true],
    ['journal', false, true],
    ['nowhere', true, false],
    ['journal', true, false],
    ['reader', false, false],
    ['reader', true, false],
  ] as const)('with stderr to %s (kiosk: %s) needs a dialog: %s', (stderr, kiosk, expected) => {
    expect(needsDialog(stderr, kiosk)).toBe(expected);
  });
});
