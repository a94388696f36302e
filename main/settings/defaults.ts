import { settingsSchema, type Settings } from '@shared/model/settings';
import { readShippedYaml } from '../shipped-yaml';

/**
 * The defaults that ship with the station (`resources/defaults.yml`). A key that the file leaves out has the
 * schema's default.
 * @throws StationError DEFAULTS_INVALID naming file, key and problem
 */
export async function readDefaults(file: string): Promise<Settings> {
  return readShippedYaml(file, settingsSchema, 'DEFAULTS_INVALID');
}
