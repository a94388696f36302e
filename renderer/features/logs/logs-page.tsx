import type { LogLevel, LogRecord } from '@shared/model/log';
import { Button, Drawer, Select, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconDownload,
  IconFilter,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconTerminal2,
} from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { LoadFailed } from '../../components/load-failed';
import { PageMessage } from '../../components/page-message';
import { serviceName } from '../../components/service-name';
import { useCompact } from '../../components/use-compact';
import { useSnapshot } from '../../stores/station-view';
import { LogDetails } from './log-details';
import { toNdjson, type LogLines } from './log-lines';
import { LogList } from './log-list';
import styles from './logs-page.module.css';
import { saveFile } from '../../components/save-file';
import { useLogStream } from './use-log-stream';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal'];

export function LogsPage(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const compact = useCompact();
  const services = useSnapshot()?.services;
  const [level, setLevel] = useState<LogLevel>('info');
  const [service, setService] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [debouncedSearch] = useDebouncedValue(search.trim().slice(0, 200), 300);
  const [filtersOpen, setFiltersOpen] = useState(false);
  const [frozen, setFrozen] = useState<LogLines | null>(null);
  const [opened, setOpened] = useState<LogRecord | null>(null);
  const { log, live, loading, error, retry } = useLogStream({
    level,
    ...(service === null ? {} : { service }),
    ...(debouncedSearch === '' ? {} : { search: debouncedSearch }),
  });
  const shown = frozen ?? log;
  const waiting = frozen === null ? 0 : log.added - frozen.added;
  const filtered =
    (level !== 'debug' && level !== 'info') || service !== null || debouncedSearch !== '';
  const serviceOptions = useMemo(() => {
    const names = new Set((services ?? []).map(({ name }) => name));
    for (const line of log.lines) if (line.kind === 'record') names.add(line.record.service);
    if (service !== null) names.add(service);
    return [...names].sort().map((value) => ({ value, label: serviceName(value, t) }));
  }, [services, log.lines, service, t]);
  const thaw = (): void => {
    setFrozen(null);
  };

  const filters = (
    <div className={styles.filters} role="search" aria-label={t('recordings.filters')}>
      <Select
        aria-label={t('logs.level')}
        data={LEVELS.map((value) => ({
          value,
          label: t('logs.levelAtLeast', { level: t(`logLevel.${value}`) }),
        }))}
        value={level}
        onChange={(value) => {
          const found = LEVELS.find((candidate) => candidate === value);
          if (found === undefined) return;
          thaw();
          setLevel(found);
        }}
        data-testid="log-level"
        className={styles.level}
      />
      <Select
        aria-label={t('logs.service')}
        placeholder={t('logs.allServices')}
        data={serviceOptions}
        value={service}
        onChange={(value) => {
          thaw();
          setService(value);
        }}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        data-testid="log-service"
        className={styles.service}
      />
      <TextInput
        type="search"
        aria-label={t('logs.search')}
        placeholder={t('logs.searchHelp')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={search}
        onChange={(event) => {
          thaw();
          setSearch(event.currentTarget.value);
        }}
        data-testid="log-search"
        className={styles.search}
      />
    </div>
  );

  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 className={styles.title}>{t('logs.title')}</h1>
        <p
          className={styles.state}
          role="status"
          data-testid="log-state"
          data-state={frozen !== null ? 'paused' : live ? 'live' : 'connecting'}
        >
          {frozen !== null
            ? `${t('logs.paused')} · ${t('logs.waiting', { count: waiting })}`
            : live
              ? t('logs.live')
              : t('logs.connecting')}
        </p>
        {compact ? (
          <Button
            variant={filtersOpen || filtered ? 'filled' : 'default'}
            leftSection={<IconFilter size={20} aria-hidden />}
            aria-expanded={filtersOpen}
            data-testid="filters-toggle"
            onClick={() => {
              setFiltersOpen(!filtersOpen);
            }}
          >
            {t('recordings.filters')}
          </Button>
        ) : (
          filters
        )}
        <Button
          variant={frozen === null ? 'default' : 'filled'}
          leftSection={
            frozen === null ? (
              <IconPlayerPause size={20} aria-hidden />
            ) : (
              <IconPlayerPlay size={20} aria-hidden />
            )
          }
          data-testid="log-pause"
          onClick={() => {
            setFrozen(frozen === null ? log : null);
          }}
        >
          {frozen === null ? t('logs.pause') : t('logs.resume')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={20} aria-hidden />}
          aria-label={t('logs.saveLabel')}
          data-testid="log-save"
          disabled={shown.lines.length === 0}
          onClick={() => {
            const stamp = (shown.last?.time ?? '').replaceAll(':', '-');
            saveFile(
              `silvasonic-logs-${stamp}.ndjson`,
              'application/x-ndjson',
              toNdjson(shown.lines),
            );
          }}
        >
          {t('logs.save')}
        </Button>
      </div>
      {compact && filtersOpen ? filters : null}
      {loading ? (
        <div
          className={styles.skeleton}
          role="status"
          aria-label={t('app.loading')}
          data-testid="skeleton"
        >
          {Array.from({ length: 10 }, (_, index) => (
            <Skeleton key={index} height="1.5rem" radius="sm" />
          ))}
        </div>
      ) : shown.lines.length === 0 ? (
        error !== null && error !== undefined ? (
          <LoadFailed error={error} retry={retry} />
        ) : (
          <PageMessage
            icon={IconTerminal2}
            title={filtered ? t('logs.noMatchTitle') : t('logs.emptyTitle')}
            text={filtered ? t('logs.noMatchText') : t('logs.emptyText')}
            data-testid="empty-logs"
          />
        )
      ) : (
        <LogList log={shown} open={setOpened} />
      )}
      <Drawer
        opened={opened !== null}
        onClose={() => {
          setOpened(null);
        }}
        position="right"
        size={compact ? '100%' : '34rem'}
        title={t('logs.lineTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {opened === null ? null : <LogDetails record={opened} format={format} />}
      </Drawer>
    </div>
  );
}
