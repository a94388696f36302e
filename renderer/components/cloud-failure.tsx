import type { CloudFailure } from '@shared/model/remote';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../app/format/use-format';
import { useStationNow } from '../stores/station-view';
import styles from './cloud-failure.module.css';
import { Detail } from './detail';

/** Why something with a remote failed: what, when, what to do next, and the words of the remote on tap. */
export function CloudFailureNote({
  failure,
  over = false,
}: {
  readonly failure: CloudFailure;
  /** It went well since. */
  readonly over?: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const { code, detail, at } = failure;
  return (
    <div
      className={styles.failure}
      data-over={over ? '' : undefined}
      data-testid="cloud-failure"
      data-code={code}
    >
      <p>
        <span className={styles.quiet}>
          {t(over ? 'cloud.failureOver' : 'cloud.failureAt', { age: format.ago(at, now) })}
        </span>{' '}
        <strong>{t(`cloudError.${code}.text`)}.</strong>
      </p>
      {over ? null : <p>{t(`cloudError.${code}.advice`)}</p>}
      <Detail text={detail} />
    </div>
  );
}
