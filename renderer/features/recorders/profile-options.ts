import type { ProfileEntry } from '@shared/model/profile';
import type { Format } from '../../app/format/use-format';

/** Profiles as the choices of a list; one that is set but not (yet) in the list keeps its slug as its name. */
export function profileOptions(
  profiles: readonly ProfileEntry[],
  present: string | null,
  format: Pick<Format, 'rate'>,
): { value: string; label: string }[] {
  const options = profiles.map(({ profile }) => ({
    value: profile.slug,
    label: `${profile.name} · ${format.rate(profile.audio.sample_rate)}`,
  }));
  if (present !== null && !options.some((option) => option.value === present)) {
    options.unshift({ value: present, label: present });
  }
  return options;
}
