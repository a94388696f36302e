import type { Alerts } from '../monitor/alerts';
import { os } from './implementer';

export function alertsApi(alerts: Alerts) {
  return {
    history: os.alerts.history.handler(({ input }) => alerts.history(input)),
  };
}
