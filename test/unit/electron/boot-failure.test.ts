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
    ['elsewhere', false, true],
    ['elsewhere', true, false],
    ['terminal', false, false],
    ['pipe', false, false],
    ['file', false, false],
  ] as const)('with stderr on a %s (kiosk: %s) needs a dialog: %s', (stderr, kiosk, expected) => {
    expect(needsDialog(stderr, kiosk)).toBe(expected);
  });
});
