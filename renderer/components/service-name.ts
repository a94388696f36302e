import type { TFunction } from 'i18next';
import en from '../app/messages/en.json';

/** A service by its name for people; one this page does not know yet keeps its own name. */
export function serviceName(name: string, t: TFunction): string {
  return Object.hasOwn(en.service, name) ? t(`service.${name as keyof typeof en.service}`) : name;
}
