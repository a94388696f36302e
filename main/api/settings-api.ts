import type { SettingsStore } from '../settings/settings-store';
import { os } from './implementer';

export function settingsApi(settings: SettingsStore) {
  return {
    get: os.settings.get.handler(() => settings.get()),
    set: os.settings.set.handler(({ input, context }) =>
      settings.set(input.key, input.value, context.actor),
    ),
  };
}
