import type { ProfileStore } from '../profiles/profile-store';
import { os } from './implementer';

export function profilesApi(profiles: ProfileStore) {
  return {
    list: os.profiles.list.handler(() => profiles.list()),
    get: os.profiles.get.handler(({ input }) => profiles.get(input.slug)),
    create: os.profiles.create.handler(({ input }) => profiles.create(input)),
    update: os.profiles.update.handler(({ input }) => profiles.update(input)),
    remove: os.profiles.remove.handler(({ input }) => ({ removed: profiles.remove(input.slug) })),
  };
}
