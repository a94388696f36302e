import { describe, expect, it } from 'vitest';
import { profileFolder } from '../../../electron/profile-folder';

describe('the window’s profile', () => {
  const usual = '/home/x/.local/share/silvasonic';
  const of = (dataDir: string): string => profileFolder('/home/x/.config', dataDir, usual);

  it('has one usual place', () => {
    expect(of(usual)).toBe('/home/x/.config/silvasonic-console/station');
    expect(of(`${usual}/`)).toBe(of(usual));
  });

  it('is another one for each other data folder, however that is written', () => {
    expect(of('/srv/a')).toMatch(/^\/home\/x\/\.config\/silvasonic-console\/station-[0-9a-f]{12}$/);
    expect(of('/srv/a/../a/')).toBe(of('/srv/a'));
    expect(of('/srv/a')).not.toBe(of('/srv/b'));
  });
});
