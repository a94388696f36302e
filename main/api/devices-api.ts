import type { DeviceRegistry } from '../devices/registry';
import type { RecorderSupervisor } from '../recorder/supervisor';
import { os } from './implementer';

export function devicesApi(devices: DeviceRegistry, recorders: RecorderSupervisor) {
  return {
    list: os.devices.list.handler(() => devices.list()),
    addSimulated: os.devices.addSimulated.handler(({ input }) => devices.addSimulated(input)),
    addAlsa: os.devices.addAlsa.handler(({ input }) => devices.addAlsa(input)),
    remove: os.devices.remove.handler(({ input, context }) => ({
      removed: devices.remove(input.name, context.actor),
    })),
    setProfile: os.devices.setProfile.handler(({ input, context }) =>
      devices.setProfile(input.name, input.profileSlug, context.actor),
    ),
    enroll: os.devices.enroll.handler(async ({ input, context }) => {
      const device = devices.enroll(input.name, context.actor);
      await recorders.settle(input.name);
      return device;
    }),
    ignore: os.devices.ignore.handler(async ({ input, context }) => {
      const device = devices.ignore(input.name, context.actor);
      await recorders.settle(input.name);
      return device;
    }),
  };
}
