import type { EventBus } from '../events/bus';
import type { SettingProblem } from '../settings/stored-section';
import type { Alerts } from './alerts';

const CODE = 'setting.invalid';

/** Keeps an alert open for each stored setting that cannot be used, as long as it cannot. */
export function keepSettingAlerts(
  alerts: Alerts,
  problems: () => readonly SettingProblem[],
  bus: EventBus,
): void {
  const compare = (): void => {
    const wrong = problems();
    for (const { code, subject } of alerts.open()) {
      const key = subject ?? '';
      if (code === CODE && !wrong.some((one) => one.key === key)) alerts.clear(CODE, key);
    }
    for (const { key, problem } of wrong) {
      const evidence = `The stored value of ${key} is not used, its default is: ${problem}.`;
      alerts.raise(CODE, 'warning', evidence, key);
    }
  };
  compare();
  bus.on('settings.changed', compare);
}
