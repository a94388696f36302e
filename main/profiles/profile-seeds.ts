import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { profileSchema, type Profile } from '@shared/model/profile';
import { displayPath, readShippedYaml } from '../shipped-yaml';
import { StationError } from '../station-error';
import { messageOf } from '../error-message';

/**
 * Reads every profile that ships with the station, all or none.
 * @throws StationError PROFILE_INVALID naming file, key and problem
 */
export async function readProfileSeeds(folder: string): Promise<Profile[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch (error) {
    const reason = messageOf(error);
    throw new StationError(
      'PROFILE_INVALID',
      `${displayPath(folder)}: cannot be read (${reason})`,
      {
        cause: error,
      },
    );
  }
  const profiles: Profile[] = [];
  const fileOf = new Map<string, string>();
  for (const name of names) {
    const file = join(folder, name);
    const profile = await readShippedYaml(file, profileSchema, 'PROFILE_INVALID');
    const other = fileOf.get(profile.slug);
    if (other !== undefined) {
      const problem = `"${profile.slug}" is already the slug of ${displayPath(other)}`;
      throw new StationError('PROFILE_INVALID', `${displayPath(file)}: slug: ${problem}`);
    }
    fileOf.set(profile.slug, file);
    profiles.push(profile);
  }
  return profiles;
}
