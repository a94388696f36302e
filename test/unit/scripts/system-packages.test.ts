import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../scripts/setup/apt.mjs';
import {
  NEEDS,
  installPlan,
  missingNeeds,
  missingSentence,
  type Need,
} from '../../../scripts/setup/system-packages.mjs';

const need = (name: string, ...packages: string[]): Need => ({
  name,
  evidence: { binary: name },
  packages,
  without: 'nothing works',
});

describe('which system packages are missing', () => {
  it('is asked of the machine, one need at a time', () => {
    const ffmpeg = need('ffmpeg', 'ffmpeg');
    const flac = need('flac', 'flac');
    const isThere = (evidence: object) => 'binary' in evidence && evidence.binary === 'flac';
    expect(missingNeeds([ffmpeg, flac], isThere)).toEqual([ffmpeg]);
  });

  it('is told in one sentence: what, what will not work, and the command that helps', () => {
    const [ffmpeg] = NEEDS.station;
    expect(
      missingSentence(ffmpeg!, { command: 'sudo apt-get install', because: 'that needs root' }),
    ).toBe(
      'ffmpeg is missing (it could not be installed: that needs root): without it nothing can be recorded; install it with "sudo apt-get install ffmpeg".',
    );
  });

  it('names a package and a consequence for every need', () => {
    for (const entry of Object.values(NEEDS).flat()) {
      expect(entry.packages.length, entry.name).toBeGreaterThan(0);
      expect(entry.without, entry.name).not.toBe('');
    }
  });

  it('lets the station do without everything but ffmpeg and flac', () => {
    expect(
      NEEDS.station.filter((entry) => entry.optional !== true).map((entry) => entry.name),
    ).toEqual(['ffmpeg', 'flac']);
  });
});

describe('what is asked of apt', () => {
  it('takes the name that this Debian release knows', () => {
    const gtk = need('libgtk', 'libgtk-3-0', 'libgtk-3-0t64');
    expect(installPlan([gtk], new Set(['libgtk-3-0'])).install).toEqual(['libgtk-3-0']);
    expect(installPlan([gtk], new Set(['libgtk-3-0t64'])).install).toEqual(['libgtk-3-0t64']);
  });

  it('asks once for a package that brings two things', () => {
    const plan = installPlan([need('Xvfb', 'xvfb'), need('xvfb-run', 'xvfb')], new Set(['xvfb']));
    expect(plan).toEqual({ install: ['xvfb'], unknown: [] });
  });

  it('keeps apart what no package of this release brings', () => {
    const rare = need('rare', 'rare-thing');
    expect(installPlan([rare, need('flac', 'flac')], new Set(['flac']))).toEqual({
      install: ['flac'],
      unknown: [rare],
    });
  });

  it('counts only packages with a candidate as known', () => {
    const text = [
      'ffmpeg:',
      '  Installed: (none)',
      '  Candidate: 7:5.1.9-0+deb12u1',
      '  Version table:',
      '     7:5.1.9-0+deb12u1 500',
      'libgtk-3-0t64:',
      '  Installed: (none)',
      '  Candidate: (none)',
      '',
    ].join('\n');
    expect([...parsePolicy(text)]).toEqual(['ffmpeg']);
  });
});
