import type { Device } from '@shared/model/device';
import type { ProfileEntry } from '@shared/model/profile';
import { Loader, Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import { MatchReason } from './match-reason';
import { profileOptions } from './profile-options';

interface Props {
  readonly device: Device;
  readonly profiles: readonly ProfileEntry[] | null;
}

/** Which profile a device has, why, and the choice of another. */
export function ProfileChoice({ device, profiles }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const change = useMutation(
    queries.devices.setProfile.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.devices.key() }),
    }),
  );
  return (
    <div>
      <Select
        label={t('recorders.profile')}
        aria-label={t('recorders.profileOf', { name: device.displayName })}
        placeholder={t('recorders.noProfile')}
        data-testid="recorder-profile"
        data={profileOptions(profiles ?? [], device.profileSlug, format)}
        value={device.profileSlug}
        disabled={change.isPending || profiles === null}
        rightSection={change.isPending ? <Loader size="xs" /> : undefined}
        onChange={(slug) => {
          if (slug !== null && slug !== device.profileSlug) {
            change.mutate({ name: device.name, profileSlug: slug });
          }
        }}
      />
      <ErrorNote error={change.error} />
      <MatchReason reason={device.matchReason} profiles={profiles} />
    </div>
  );
}
