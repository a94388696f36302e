import type { RecorderStatus } from '@shared/model/recorder';
import type { DeviceRegistry } from '../devices/registry';
import type { RecorderSupervisor } from '../recorder/supervisor';
import { NotFoundError } from '../request-error';
import { os } from './implementer';

export function recordersApi(devices: DeviceRegistry, recorders: RecorderSupervisor) {
  const statusOf = (device: string): RecorderStatus => {
    const status = recorders.statuses().find((recorder) => recorder.device === device);
    if (status === undefined) throw new NotFoundError('device', device);
    return status;
  };
  const switchTo = (device: string, enabled: boolean): RecorderStatus => {
    devices.setEnabled(device, enabled);
    recorders.reconcile();
    return statusOf(device);
  };
  return {
    list: os.recorders.list.handler(() => recorders.statuses()),
    start: os.recorders.start.handler(({ input }) => switchTo(input.device, true)),
    stop: os.recorders.stop.handler(({ input }) => switchTo(input.device, false)),
  };
}
