import type { Updater } from '../updates/updater';
import { os } from './implementer';

export function updatesApi(updater: Updater) {
  return {
    status: os.updates.status.handler(() => updater.status()),
    check: os.updates.check.handler(() => updater.check()),
  };
}
