import type { Authorisation, AuthorisationStep, AuthorisedType } from '@shared/model/authorisation';
import { Button } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { Detail } from '../../components/detail';
import { ErrorNote } from '../../components/error-note';
import styles from './remote-form.module.css';

interface Props {
  readonly type: AuthorisedType;
  /** Of one's own application, where there is one. */
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly done: (authorisation: Authorisation) => void;
}

/** Two ways to be let in: with the browser of this computer, or with a token that was made on another one. */
export function Authorise({ type, clientId, clientSecret, done }: Props): ReactNode {
  const { t } = useTranslation();
  const { client, queries } = useStation();
  const settings = useQuery(queries.settings.get.queryOptions());
  // A screen that shows nothing but this page has no browser to sign in with.
  const kiosk = settings.data?.display.kiosk !== false;
  const [step, setStep] = useState<AuthorisationStep | null>(null);
  const leaving = useRef<AbortController | null>(null);
  // Who closes the form no longer wants to be let in.
  useEffect(
    () => () => {
      leaving.current?.abort();
    },
    [],
  );
  const begin = useMutation({
    mutationFn: async () => {
      leaving.current?.abort();
      const { signal } = (leaving.current = new AbortController());
      setStep(null);
      const own = {
        ...(clientId === undefined ? {} : { clientId }),
        ...(clientSecret === undefined ? {} : { clientSecret }),
      };
      for await (const next of await client.authorisation.begin({ type, ...own }, { signal })) {
        setStep(next);
        if (next.step === 'done') done({ token: next.token, options: next.options });
      }
    },
  });
  return (
    <div className={styles.authorise} data-testid="authorise" data-step={step?.step ?? 'none'}>
      <strong>{t('cloud.authorise')}</strong>
      {kiosk ? null : (
        <div className={styles.authoriseHere}>
          <Button
            variant="default"
            leftSection={<IconLogin2 size={20} aria-hidden />}
            loading={begin.isPending}
            data-testid="authorise-begin"
            onClick={() => {
              begin.mutate();
            }}
          >
            {t('cloud.authoriseHere')}
          </Button>
          <div role="status">
            {step?.step === 'visit' ? (
              <p>
                {t('cloud.authoriseVisit')} <code>{step.address}</code>
              </p>
            ) : step?.step === 'done' ? (
              <p data-testid="authorised">{t('cloud.authoriseDone')}</p>
            ) : step?.step === 'failed' ? (
              <>
                <p>{t(`authorisationProblem.${step.problem}`)}</p>
                <Detail text={step.detail} />
              </>
            ) : null}
          </div>
          <ErrorNote error={begin.error} />
        </div>
      )}
      <p>{t('cloud.authoriseElsewhere')}</p>
      <ol>
        <li>
          {t('cloud.authoriseRun')} <code>rclone authorize &quot;{type}&quot;</code>
        </li>
        <li>{t('cloud.authoriseAllow')}</li>
        <li>{t('cloud.authorisePaste')}</li>
      </ol>
    </div>
  );
}
