import type { SignalHealth } from '@shared/model/recorder';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { signalFindings } from './signal-findings';
import styles from './signal-note.module.css';

/** What the newest segment sounded like, in plain words with a next step. */
export function SignalNote({
  signal,
  brief = false,
}: {
  readonly signal: SignalHealth;
  /** Only what it is: the next step stands elsewhere. */
  readonly brief?: boolean;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <ul className={styles.findings} data-testid="signal-findings">
      {signalFindings(signal).map((finding) => {
        const Sign = finding === 'good' ? IconCircleCheck : IconAlertTriangle;
        return (
          <li key={finding} data-finding={finding}>
            <Sign size={20} aria-hidden />
            <span>
              <strong>{t(`signal.${finding}.text`)}.</strong>
              {brief ? '' : ` ${t(`signal.${finding}.advice`)}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
