import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useStationNow } from '../stores/station-view';
import { useUi, type ThemeChoice } from '../stores/ui';
import { useStation } from './station-context';
import { isNight } from './sun';

export function resolveColourScheme(
  choice: ThemeChoice,
  system: 'light' | 'dark',
  place: { nowMs: number; latitude: number; longitude: number } | null,
): 'light' | 'dark' {
  if (choice !== 'auto') return choice;
  if (place === null) return system;
  return isNight(place.nowMs, place.latitude, place.longitude) ? 'dark' : 'light';
}

/** Light or dark now: a person's choice, else the sun at the station's position, else the system. */
export function useColourScheme(): 'light' | 'dark' {
  const choice = useUi((state) => state.theme);
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)', undefined, {
    getInitialValueInEffect: false,
  });
  const { queries } = useStation();
  const settings = useQuery(queries.settings.get.queryOptions());
  const nowMs = useStationNow();
  const { latitude, longitude } = settings.data?.system ?? { latitude: null, longitude: null };
  const place =
    nowMs === null || latitude === null || longitude === null
      ? null
      : { nowMs, latitude, longitude };
  return resolveColourScheme(choice, systemDark ? 'dark' : 'light', place);
}
