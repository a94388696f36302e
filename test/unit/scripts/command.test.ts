import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../scripts/setup/command.mjs';

describe('the line that says why a tool failed', () => {
  it('is the first that the tool marks as an error, without its colours', () => {
    const said = 'Reading lists\n\u001b[31mE: No network\u001b[0m\nE: Some files failed\n';
    expect(errorLine(said, /^E: /)).toBe('E: No network');
  });

  it('is otherwise the last that it said', () => {
    expect(errorLine('one\ntwo\n\n', /^E: /)).toBe('two');
    expect(errorLine('\n', /^E: /)).toBe('it said nothing');
  });
});
