import type { Recording } from '@shared/model/recording';
import type { Verdict } from '@shared/model/integrity';
import { Button } from '@mantine/core';
import {
  IconFileSearch,
  IconShieldCheck,
  IconShieldQuestion,
  IconShieldX,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { Detail } from '../../components/detail';
import { ErrorNote } from '../../components/error-note';
import { StatusBadge } from '../../components/status-badge';
import styles from './recording-panel.module.css';

/** Whether the files are still what was recorded, when that was last looked at, and a button to look now. */
export function RecordingIntegrity({ recording }: { readonly recording: Recording }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const verify = useMutation(
    queries.integrity.verify.mutationOptions({
      onSettled: () =>
        queryClient.invalidateQueries({
          queryKey: queries.recordings.get.key({ input: { id: recording.id } }),
        }),
    }),
  );
  const { integrity, verifiedAt } = recording;
  return (
    <section className={styles.section} data-testid="integrity" data-state={integrity ?? 'never'}>
      <h3 className={styles.fileTitle}>{t('integrity.title')}</h3>
      <div className={styles.line}>
        {integrity === null ? (
          <StatusBadge tone="neutral" icon={IconShieldQuestion}>
            {t('integrity.never')}
          </StatusBadge>
        ) : (
          <StatusBadge
            tone={integrity === 'ok' ? 'good' : 'danger'}
            icon={integrity === 'ok' ? IconShieldCheck : IconShieldX}
          >
            {t(`integrity.${integrity}`)}
          </StatusBadge>
        )}
        {verifiedAt === null ? null : (
          <span className={styles.quiet}>
            {t('integrity.at', { time: format.instant(verifiedAt, 'dateTime') })}
          </span>
        )}
        <Button
          variant="default"
          leftSection={<IconFileSearch size={20} aria-hidden />}
          loading={verify.isPending}
          data-testid="verify"
          onClick={() => {
            verify.mutate({ recordingId: recording.id });
          }}
        >
          {t('integrity.check')}
        </Button>
      </div>
      {integrity === null || integrity === 'ok' ? null : (
        <p className={styles.note}>{t(`integrity.${integrity}Why`)}</p>
      )}
      <ErrorNote error={verify.error} />
      <div role="status">
        {verify.data === undefined ? null : (
          <ul className={styles.verdicts}>
            {verify.data.map((verdict) => (
              <li key={verdict.path} data-testid="verdict" data-result={verdict.result}>
                {t(`integrity.result_${verdict.result}`, { file: verdict.path.split('/').at(-1) })}
                <Detail text={evidence(verdict)} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function evidence({ path, expected, found, detail }: Verdict): string {
  return [path, `expected ${expected ?? '–'}`, `found    ${found ?? '–'}`, detail]
    .filter((line) => line !== '')
    .join('\n');
}
