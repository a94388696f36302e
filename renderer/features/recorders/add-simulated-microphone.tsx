import type { ProfileEntry } from '@shared/model/profile';
import type { SimulatedSource } from '@shared/model/device';
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

const SOURCES: readonly SimulatedSource[] = ['sweep', 'noise', 'file'];
const FIELDS = ['profileSlug', 'source', 'file', 'displayName'];

interface Props {
  readonly opened: boolean;
  readonly profiles: readonly ProfileEntry[] | null;
  readonly close: () => void;
}

export function AddSimulatedMicrophone({ opened, profiles, close }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('addDevice.simulatedTitle')}>
      <Form profiles={profiles} close={close} />
    </Dialog>
  );
}

function Form({ profiles, close }: Omit<Props, 'opened'>): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const [source, setSource] = useState<SimulatedSource>('sweep');
  const [file, setFile] = useState('');
  const [displayName, setDisplayName] = useState('');
  const add = useMutation(
    queries.devices.addSimulated.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: queries.devices.key() });
        close();
      },
    }),
  );
  const options = profileOptions(profiles ?? [], null, format);
  // Something sensible is chosen already: two presses lead to a recording.
  const profileSlug =
    chosen ?? (options.find((option) => option.value === 'generic_usb') ?? options[0])?.value ?? '';
  const { byField, rest } = formProblems(add.error, FIELDS, t);
  return (
    <form
      className={styles.form}
      data-testid="add-simulated-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({
          profileSlug,
          source,
          ...(source === 'file' && file.trim() !== '' ? { file: file.trim() } : {}),
          ...(displayName.trim() === '' ? {} : { displayName }),
        });
      }}
    >
      <p className={styles.help}>{t('addDevice.simulatedHelp')}</p>
      <Select
        label={t('addDevice.profile')}
        description={t('addDevice.profileHelp')}
        placeholder={profiles === null ? t('addDevice.profilesLoading') : t('recorders.noProfile')}
        data={options}
        value={profileSlug === '' ? null : profileSlug}
        onChange={setChosen}
        error={byField.get('profileSlug')}
        data-testid="add-profile"
      />
      <Select
        label={t('addDevice.source')}
        description={t('addDevice.sourceHelp')}
        data={SOURCES.map((value) => ({ value, label: t(`addDevice.${value}`) }))}
        value={source}
        onChange={(value) => {
          const found = SOURCES.find((candidate) => candidate === value);
          if (found !== undefined) setSource(found);
        }}
        error={byField.get('source')}
        data-testid="add-source"
      />
      {source === 'file' ? (
        <TextInput
          label={t('addDevice.filePath')}
          description={t('addDevice.filePathHelp')}
          value={file}
          onChange={(event) => {
            setFile(event.currentTarget.value);
          }}
          error={byField.get('file')}
          data-testid="add-file"
        />
      ) : null}
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
          {t('addDevice.submit')}
        </Button>
      </div>
    </form>
  );
}
