import type { DeviceRegistry } from '../devices/registry';
import { os } from './implementer';

export function devicesApi(devices: DeviceRegistry) {
  return {
    list: os.devices.list.handler(() => devices.list()),
    addSimulated: os.devices.addSimulated.handler(({ input }) => devices.addSimulated(input)),
    addAlsa: os.devices.addAlsa.handler(({ input }) => devices.addAlsa(input)),
    remove: os.devices.remove.handler(({ input }) => ({ removed: devices.remove(input.name) })),
    setProfile: os.devices.setProfile.handler(({ input }) =>
      devices.setProfile(input.name, input.profileSlug),
    ),
    enroll: os.devices.enroll.handler(({ input }) => devices.enroll(input.name)),
    ignore: os.devices.ignore.handler(({ input }) => devices.ignore(input.name)),
  };
}
