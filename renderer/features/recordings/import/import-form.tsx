import { Button, Select, UnstyledButton } from '@mantine/core';
import { IconFileMusic, IconFolder, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../../app/station-context';
import { ErrorNote } from '../../../components/error-note';
import { useTimeZone } from '../../../stores/station-view';
import styles from '../dialog.module.css';
import { PathField, Places } from '../path-choice';
import { TagEditor } from '../tag-editor';
import own from './import.module.css';

interface Props {
  readonly dropped: readonly string[];
  readonly started: (id: number) => void;
}

/** What to import, and what is to be known of it. */
export function ImportForm({ dropped, started }: Props): ReactNode {
  const { t } = useTranslation();
  const { client, queries } = useStation();
  const stationZone = useTimeZone();
  const [paths, setPaths] = useState<readonly string[]>(dropped);
  const [device, setDevice] = useState<string | null>(null);
  const [zone, setZone] = useState<string | null>(null);
  const [tags, setTags] = useState<readonly string[]>([]);
  const devices = useQuery(queries.devices.list.queryOptions());
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const add = (more: readonly string[]): void => {
    setPaths((known) => [...new Set([...known, ...more])]);
  };
  const choose = useMutation({
    mutationFn: (kind: 'files' | 'folder') =>
      kind === 'files'
        ? client.dialogs.openAudio()
        : client.dialogs.openFolder({ purpose: 'import' }),
    onSuccess: (chosen) => {
      add(chosen.paths);
    },
  });
  const start = useMutation({
    mutationFn: () =>
      client.imports.start({
        paths: [...paths],
        options: {
          ...(device === null ? {} : { device }),
          ...(zone === null ? {} : { timezone: zone }),
          tags: [...tags],
        },
      }),
    onSuccess: ({ id }) => {
      started(id);
    },
  });
  return (
    <form
      className={styles.body}
      noValidate
      data-testid="import-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (paths.length > 0 && !start.isPending) start.mutate();
      }}
    >
      <p>{t('import.help')}</p>
      <div className={own.choose}>
        <Button
          leftSection={<IconFolder size={20} aria-hidden />}
          variant="default"
          loading={choose.isPending && choose.variables === 'folder'}
          data-testid="import-folder"
          onClick={() => {
            choose.mutate('folder');
          }}
        >
          {t('import.chooseFolder')}
        </Button>
        <Button
          leftSection={<IconFileMusic size={20} aria-hidden />}
          variant="default"
          loading={choose.isPending && choose.variables === 'files'}
          data-testid="import-files"
          onClick={() => {
            choose.mutate('files');
          }}
        >
          {t('import.chooseFiles')}
        </Button>
        <span className={styles.quiet}>{t('import.orDrop')}</span>
      </div>
      <ErrorNote error={choose.error} />
      <Places
        writable={false}
        choose={(path) => {
          add([path]);
        }}
      />
      <PathField
        label={t('import.path')}
        take={(path) => {
          add([path]);
        }}
      />
      {paths.length === 0 ? null : (
        <ul className={own.paths} aria-label={t('import.chosen')} data-testid="import-paths">
          {paths.map((path) => (
            <li key={path}>
              <UnstyledButton
                className={own.path}
                aria-label={t('import.leaveOut', { path })}
                onClick={() => {
                  setPaths(paths.filter((one) => one !== path));
                }}
              >
                <span className={own.words}>{path}</span>
                <IconX size={18} aria-hidden />
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.fields}>
        <Select
          label={t('import.device')}
          description={t('import.deviceHelp')}
          placeholder={t('import.deviceOfFile')}
          data={(devices.data ?? []).map(({ name, displayName }) => ({
            value: name,
            label: displayName,
          }))}
          value={device}
          onChange={setDevice}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          data-testid="import-device"
        />
        <Select
          label={t('import.zone')}
          description={t('import.zoneHelp')}
          placeholder={stationZone}
          data={zones}
          value={zone}
          onChange={setZone}
          searchable
          limit={50}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          data-testid="import-zone"
        />
      </div>
      <TagEditor
        label={t('import.tags')}
        tags={tags}
        add={(tag) => {
          setTags([...tags, tag]);
        }}
        remove={(tag) => {
          setTags(tags.filter((one) => one !== tag));
        }}
      />
      <ErrorNote error={start.error} />
      <div className={styles.buttons}>
        <Button
          type="submit"
          disabled={paths.length === 0}
          loading={start.isPending}
          data-testid="import-start"
        >
          {paths.length === 0 ? t('import.nothingChosen') : t('import.start')}
        </Button>
      </div>
    </form>
  );
}
