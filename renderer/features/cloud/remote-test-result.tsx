import type { RemoteTest } from '@shared/model/remote';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { CloudFailureNote } from '../../components/cloud-failure';
import styles from './remote-test-result.module.css';

/** What trying a remote came to: each step, the speed of a small file, the room there is, or why it failed. */
export function RemoteTestResult({ result }: { readonly result: RemoteTest }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { ok, failure, steps, uploadBytesPerS, downloadBytesPerS, capabilities, room } = result;
  const facts = [
    uploadBytesPerS === null ? null : t('remoteTest.up', { rate: format.bytes(uploadBytesPerS) }),
    downloadBytesPerS === null
      ? null
      : t('remoteTest.down', { rate: format.bytes(downloadBytesPerS) }),
    room === null || room.free === null
      ? null
      : t('remoteTest.room', { free: format.bytes(room.free) }),
    capabilities === null
      ? null
      : capabilities.hashes.length === 0
        ? t('remoteTest.noHashes')
        : t('remoteTest.hashes', { hashes: capabilities.hashes.join(', ') }),
  ].filter((fact) => fact !== null);
  return (
    <div className={styles.result} data-testid="test-result" data-ok={ok}>
      <p className={styles.verdict}>
        {ok ? (
          <IconCircleCheck size={22} aria-hidden className={styles.good} />
        ) : (
          <IconCircleX size={22} aria-hidden className={styles.bad} />
        )}
        <strong>{t(ok ? 'remoteTest.ok' : 'remoteTest.failed')}</strong>
      </p>
      <ul className={styles.steps}>
        {steps.map(({ step, ok: well, tookMs }) => (
          <li key={step} data-step={step} data-ok={well}>
            {well ? (
              <IconCircleCheck size={18} aria-hidden className={styles.good} />
            ) : (
              <IconCircleX size={18} aria-hidden className={styles.bad} />
            )}
            {t(`remoteTest.step_${step}`)}
            <span className={styles.quiet}>
              {t(well ? 'remoteTest.done' : 'remoteTest.notDone', {
                time: format.measured(tookMs / 1000),
              })}
            </span>
          </li>
        ))}
      </ul>
      {facts.length === 0 ? null : <p className={styles.quiet}>{facts.join(' · ')}</p>}
      {failure === null ? null : <CloudFailureNote failure={failure} />}
    </div>
  );
}
