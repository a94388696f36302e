import type { ProfileEntry } from '@shared/model/profile';
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { Dialog } from '../../components/dialog';
import { ErrorNote } from '../../components/error-note';
import styles from './add-device.module.css';
import { formProblems } from './form-problems';
import { profileOptions } from './profile-options';

const FIELDS = ['pcm', 'profileSlug', 'displayName'];

interface Props {
  readonly opened: boolean;
  readonly profiles: readonly ProfileEntry[] | null;
  readonly close: () => void;
}

export function AddAlsaDevice({ opened, profiles, close }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('addDevice.alsaTitle')}>
      <Form profiles={profiles} close={close} />
    </Dialog>
  );
}

function Form({ profiles, close }: Omit<Props, 'opened'>): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [pcm, setPcm] = useState('');
  const [profileSlug, setProfileSlug] = useState<string | null>(null);
  const [displayName, setDisplayName] = useState('');
  const add = useMutation(
    queries.devices.addAlsa.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: queries.devices.key() });
        close();
      },
    }),
  );
  const { byField, rest } = formProblems(add.error, FIELDS, t);
  return (
    <form
      className={styles.form}
      data-testid="add-alsa-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({
          pcm: pcm.trim(),
          ...(profileSlug === null ? {} : { profileSlug }),
          ...(displayName.trim() === '' ? {} : { displayName }),
        });
      }}
    >
      <p className={styles.help}>{t('addDevice.alsaHelp')}</p>
      <TextInput
        label={t('addDevice.pcm')}
        description={t('addDevice.pcmHelp')}
        value={pcm}
        onChange={(event) => {
          setPcm(event.currentTarget.value);
        }}
        error={byField.get('pcm')}
        data-testid="add-pcm"
        data-autofocus
      />
      <Select
        label={t('addDevice.profile')}
        description={t('addDevice.profileHelp')}
        placeholder={
          profiles === null ? t('addDevice.profilesLoading') : t('addDevice.profileAuto')
        }
        data={profileOptions(profiles ?? [], null, format)}
        value={profileSlug}
        onChange={setProfileSlug}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        error={byField.get('profileSlug')}
        data-testid="add-profile"
      />
      <TextInput
        label={t('addDevice.name')}
        description={t('addDevice.nameHelp')}
        value={displayName}
        onChange={(event) => {
          setDisplayName(event.currentTarget.value);
        }}
        error={byField.get('displayName')}
        data-testid="add-name"
      />
      <div className={styles.wide}>
        <ErrorNote error={rest} />
      </div>
      <div className={styles.buttons}>
        <Button variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={add.isPending} data-testid="add-submit">
          {t('addDevice.submitAlsa')}
        </Button>
      </div>
    </form>
  );
}
