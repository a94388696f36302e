import type { Finding } from '@shared/model/integrity';
import { Button } from '@mantine/core';
import { IconFileSearch, IconListDetails, IconShieldX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { Asked } from '../../../components/asked';
import { Detail } from '../../../components/detail';
import { ErrorNote } from '../../../components/error-note';
import { StatusBadge } from '../../../components/status-badge';
import styles from './library.module.css';

/** Recordings that are not what was recorded, each with the evidence, a way to it and a button to look again. */
export function FindingsList({ count }: { readonly count: number }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const findings = useQuery(
    queries.integrity.findings.queryOptions({ staleTime: 0, enabled: count > 0 }),
  );
  const devices = useQuery(queries.devices.list.queryOptions());
  const names = new Map((devices.data ?? []).map(({ name, displayName }) => [name, displayName]));
  if (count === 0) return <p className={styles.good}>{t('health.noDamage')}</p>;
  return (
    <div className={styles.findings} data-testid="findings">
      <p className={styles.danger} role="alert">
        <strong>{t('health.damaged', { count, formatted: format.count(count) })}</strong>{' '}
        {t('health.damagedAdvice')}
      </p>
      <Asked query={findings}>
        {(list) => (
          <>
            <ul className={styles.list}>
              {list.map((finding) => (
                <Row
                  key={finding.recordingId}
                  finding={finding}
                  device={names.get(finding.device) ?? finding.device}
                />
              ))}
            </ul>
            {list.length < count ? (
              <p className={styles.quiet}>{t('health.newestOf', { shown: list.length })}</p>
            ) : null}
          </>
        )}
      </Asked>
    </div>
  );
}

function Row({
  finding,
  device,
}: {
  readonly finding: Finding;
  /** What people call it. */
  readonly device: string;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const verify = useMutation(
    queries.integrity.verify.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.integrity.key() }),
    }),
  );
  const { recordingId, time, result, path, at } = finding;
  const name = `${format.instant(time, 'dateTime')} · ${device}`;
  return (
    <li className={styles.finding} data-testid="finding" data-id={recordingId}>
      <div className={styles.line}>
        <StatusBadge tone="danger" icon={IconShieldX}>
          {t(`integrity.${result}`)}
        </StatusBadge>
        <strong>{name}</strong>
        {at === null ? null : (
          <span className={styles.quiet}>
            {t('integrity.at', { time: format.instant(at, 'dateTime') })}
          </span>
        )}
      </div>
      <p className={styles.path}>{path}</p>
      <Detail text={evidenceOf(finding)} />
      <ErrorNote error={verify.error} />
      <div className={styles.buttons}>
        <Button
          component={Link}
          href={`/recordings/${String(recordingId)}`}
          variant="default"
          leftSection={<IconListDetails size={20} aria-hidden />}
          aria-label={t('health.showOf', { name })}
        >
          {t('health.show')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconFileSearch size={20} aria-hidden />}
          loading={verify.isPending}
          aria-label={t('health.checkOf', { name })}
          data-testid="finding-verify"
          onClick={() => {
            verify.mutate({ recordingId });
          }}
        >
          {t('integrity.check')}
        </Button>
      </div>
    </li>
  );
}

function evidenceOf({ expected, found, detail }: Finding): string {
  const hashes =
    expected === null && found === null
      ? []
      : [`expected ${expected ?? '–'}`, `found    ${found ?? '–'}`];
  return [...hashes, detail].filter((line) => line !== '').join('\n');
}
