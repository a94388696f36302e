import type { MatchReason as Reason } from '@shared/model/device';
import type { ProfileEntry } from '@shared/model/profile';
import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './match-reason.module.css';

interface Props {
  readonly reason: Reason;
  readonly profiles: readonly ProfileEntry[] | null;
}

/** Why this profile: the reason in words, and on tap everything that fitted. */
export function MatchReason({ reason, profiles }: Props): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={styles.reason}>
      <UnstyledButton
        className={styles.toggle}
        aria-expanded={open}
        aria-controls={id}
        data-testid="match-reason"
        onClick={() => {
          setOpen(!open);
        }}
      >
        <IconChevronRight size={18} aria-hidden className={styles.chevron} />
        <span>
          <span className="visually-hidden">{t('recorders.why')} </span>
          {t(`matchOutcome.${reason.outcome}`)}
        </span>
      </UnstyledButton>
      <div id={id} hidden={!open} className={styles.candidates}>
        {reason.candidates.length === 0 ? (
          <p>{t('recorders.noCandidates')}</p>
        ) : (
          <>
            <p>{t('recorders.candidates')}:</p>
            <ul>
              {reason.candidates.map((candidate) => (
                <li key={candidate.slug}>
                  <strong>
                    {profiles?.find((entry) => entry.profile.slug === candidate.slug)?.profile
                      .name ?? candidate.slug}
                  </strong>
                  {': '}
                  {candidate.score === 100
                    ? t('recorders.candidateUsb', { evidence: candidate.evidence })
                    : t('recorders.candidateName', { evidence: candidate.evidence })}{' '}
                  ({t('recorders.score', { score: candidate.score })})
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
