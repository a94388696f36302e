import type { Remote } from '@shared/model/remote';
import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError, fieldProblems } from '../../app/error-text';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import { fieldMessage } from '../../components/field-message';
import { Authorise } from './authorise';
import {
  draftOf,
  fieldOf,
  missingIn,
  NEW_REMOTE,
  typedOf,
  withAuthorisation,
  type TypedRemote,
} from './remote-draft';
import { fieldsOf, isAuthorised, isSpecial } from './remote-fields';
import { RemoteFieldInput } from './remote-field-input';
import styles from './remote-form.module.css';
import { RemoteTestResult } from './remote-test-result';
import { remoteTypes } from './remote-types';
import { WRAPPER_ORDER } from './wrapper-order';

const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));
const NIGHT = { startHour: 22, endHour: 6 };

interface Props {
  /** null: a new one. */
  readonly remote: Remote | null;
  readonly close: () => void;
}

/** What a remote is, tried before it is kept: one that does not work yet is kept only when a person insists. */
export function RemoteForm({ remote, close }: Props): ReactNode {
  const { t } = useTranslation();
  const { client, queries } = useStation();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<TypedRemote>(
    remote === null ? NEW_REMOTE : () => typedOf(remote),
  );
  /** Presses of a button that tries it; what is missing is not held against anybody before. */
  const [attempts, setAttempts] = useState(0);
  const complain = attempts > 0;
  /** What the last test was of; a change makes it worthless. */
  const [tested, setTested] = useState<TypedRemote | null>(null);
  const kept = remote?.secrets ?? [];
  const missing = missingIn(typed, kept);

  /** A pasted token is read first: it may tell what else is needed. */
  const complete = async (what: TypedRemote): Promise<TypedRemote> => {
    const pasted = what.values.token ?? '';
    if (!isAuthorised(what.type) || pasted.trim() === '') return what;
    return withAuthorisation(what, await client.authorisation.read({ type: what.type, pasted }));
  };
  const save = useMutation({
    mutationFn: async (what: TypedRemote) => {
      const { draft, secrets } = draftOf(await complete(what));
      if (remote === null) return client.remotes.add({ draft, secrets });
      const { type: _, ...changes } = draft;
      return client.remotes.edit({ slug: remote.slug, draft: changes, secrets });
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: queries.remotes.key() });
      close();
    },
  });
  const test = useMutation({
    mutationFn: async ({ what }: { what: TypedRemote; thenSave: boolean }) =>
      client.remotes.test({
        ...draftOf(await complete(what)),
        ...(remote === null ? {} : { slug: remote.slug }),
      }),
    onSuccess: ({ ok }, { what, thenSave }) => {
      if (ok && thenSave) save.mutate(what);
    },
  });
  const put = (change: Partial<TypedRemote>): void => {
    setTyped({ ...typed, ...change });
    if (test.isError) test.reset();
    if (save.isError) save.reset();
  };
  const said = (field: string): string | undefined => {
    const value = typed.values[field] ?? '';
    return value.trim() === '' ? undefined : value;
  };
  const current = tested === typed;
  const result = current ? test.data : undefined;
  const busy = test.isPending || save.isPending;
  const tryOut = (thenSave: boolean): void => {
    setAttempts(attempts + 1);
    if (missing.length > 0) return;
    if (thenSave && result?.ok === true) {
      save.mutate(typed);
      return;
    }
    setTested(typed);
    save.reset();
    test.mutate({ what: typed, thenSave });
  };

  const error = save.error ?? test.error;
  const problems = new Map(
    fieldProblems(error).map((problem) => [
      fieldOf(problem.path),
      fieldMessage({ ...problem, path: fieldOf(problem.path) }, t),
    ]),
  );
  if (error !== null && describeError(error).key === 'CONFLICT_already_exists')
    problems.set('name', t('cloud.nameTaken'));
  const shown = new Set(['name', 'basePath', 'bandwidth', 'window']);
  for (const { name } of fieldsOf(typed.type)) shown.add(name);
  const rest = [...problems.keys()].some((field) => shown.has(field)) ? null : error;
  // On a small screen what was asked for, and what came of it, may lie out of sight.
  const form = useRef<HTMLFormElement>(null);
  const outcome = useRef<HTMLDivElement>(null);
  const complaints = [...(complain ? missing : []), ...problems.keys()].join(' ');
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts, complaints]);
  useEffect(() => {
    if (result !== undefined) outcome.current?.scrollIntoView({ block: 'nearest' });
  }, [result]);
  const complaint = (field: string): string | undefined =>
    complain && missing.includes(field) ? t('issue.required') : problems.get(field);

  const inputs = (special: boolean): ReactNode =>
    fieldsOf(typed.type)
      .filter(({ name }) => isSpecial(name) === special)
      .map((field) => (
        <RemoteFieldInput
          key={`${typed.type} ${field.name}`}
          field={field}
          value={typed.values[field.name] ?? ''}
          kept={kept.includes(field.name)}
          error={complaint(field.name)}
          change={(value) => {
            put({ values: { ...typed.values, [field.name]: value } });
          }}
        />
      ));

  return (
    <form
      ref={form}
      className={styles.form}
      data-testid="remote-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        tryOut(true);
      }}
    >
      {remote?.seeded === true ? (
        <p className={styles.note}>{t('cloud.seededWhy')}</p>
      ) : remote === null ? (
        <p className={styles.help}>{t('cloud.addHelp')}</p>
      ) : null}
      <div className={styles.fields}>
        <Select
          label={t('cloud.type')}
          data={remoteTypes(t)}
          value={typed.type}
          disabled={remote !== null}
          onChange={(value) => {
            const type = remoteTypes(t).find((one) => one.value === value)?.value;
            if (type !== undefined) put({ type });
          }}
          data-testid="remote-type"
        />
        <TextInput
          label={t('cloud.name')}
          description={t('cloud.nameHelp')}
          inputWrapperOrder={WRAPPER_ORDER}
          value={typed.name}
          maxLength={100}
          error={complaint('name')}
          onChange={(event) => {
            put({ name: event.currentTarget.value });
          }}
          data-testid="remote-name"
        />
        {isAuthorised(typed.type) ? (
          <Authorise
            key={typed.type}
            type={typed.type}
            clientId={said('client_id')}
            clientSecret={said('client_secret')}
            done={(authorisation) => {
              put(withAuthorisation(typed, authorisation));
            }}
          />
        ) : null}
        {inputs(false)}
      </div>
      <fieldset className={styles.more}>
        <legend>{t('cloud.limits')}</legend>
        <div className={styles.fields}>
          {inputs(true)}
          <TextInput
            label={t('cloud.basePath')}
            description={t('cloud.basePathHelp')}
            inputWrapperOrder={WRAPPER_ORDER}
            value={typed.basePath}
            maxLength={500}
            error={complaint('basePath')}
            onChange={(event) => {
              put({ basePath: event.currentTarget.value });
            }}
            data-testid="remote-base-path"
          />
          <TextInput
            label={t('cloud.bandwidth')}
            description={t('cloud.bandwidthHelp')}
            inputWrapperOrder={WRAPPER_ORDER}
            value={typed.bandwidth}
            placeholder="1M"
            error={complaint('bandwidth')}
            onChange={(event) => {
              put({ bandwidth: event.currentTarget.value });
            }}
            data-testid="remote-bandwidth"
          />
          <Switch
            size="lg"
            label={t('cloud.onlyBetween')}
            description={t('cloud.onlyBetweenHelp')}
            checked={typed.window !== null}
            onChange={(event) => {
              put({ window: event.currentTarget.checked ? NIGHT : null });
            }}
            data-testid="remote-window"
          />
          {typed.window === null ? null : (
            <div className={styles.hours}>
              {(['startHour', 'endHour'] as const).map((end) => (
                <Select
                  key={end}
                  label={t(`cloud.${end}`)}
                  data={HOURS}
                  value={String(typed.window?.[end] ?? 0)}
                  error={end === 'endHour' ? complaint('window') : undefined}
                  onChange={(value) => {
                    if (value !== null && typed.window !== null)
                      put({ window: { ...typed.window, [end]: Number(value) } });
                  }}
                />
              ))}
            </div>
          )}
        </div>
      </fieldset>
      <div ref={outcome} role="status" className={styles.outcome}>
        {test.isPending ? <p className={styles.help}>{t('cloud.testing')}</p> : null}
        {result === undefined ? null : <RemoteTestResult result={result} />}
        {result?.ok === false ? <p className={styles.note}>{t('cloud.saveAnywayWhy')}</p> : null}
      </div>
      <ErrorNote error={rest} />
      <div className={styles.buttons}>
        <Button variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        {result?.ok === false ? (
          <Button
            variant="default"
            loading={save.isPending}
            disabled={busy}
            data-testid="remote-save-anyway"
            onClick={() => {
              save.mutate(typed);
            }}
          >
            {t('cloud.saveAnyway')}
          </Button>
        ) : null}
        <Button
          variant="default"
          disabled={busy}
          data-testid="remote-try"
          onClick={() => {
            tryOut(false);
          }}
        >
          {t('cloud.tryOut')}
        </Button>
        <Button type="submit" loading={busy} data-testid="remote-save">
          {result?.ok === true ? t('cloud.save') : t('cloud.testAndSave')}
        </Button>
      </div>
    </form>
  );
}
