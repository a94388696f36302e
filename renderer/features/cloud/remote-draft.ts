import type { Authorisation } from '@shared/model/authorisation';
import type { Remote, RemoteDraft, RemoteType } from '@shared/model/remote';
import { fieldsOf, isAuthorised, MORE, MORE_SECRETS } from './remote-fields';

/** A remote as it is typed. */
export interface TypedRemote {
  readonly name: string;
  readonly type: RemoteType;
  /** Options and secrets by the name of their field. */
  readonly values: Readonly<Record<string, string>>;
  readonly basePath: string;
  readonly bandwidth: string;
  /** Local hours; null = always. */
  readonly window: Remote['window'];
}

export const NEW_REMOTE: TypedRemote = {
  name: '',
  type: 'webdav',
  values: {},
  basePath: 'silvasonic',
  bandwidth: '',
  window: null,
};

/** A remote that is there, to be changed; its secrets are not known and stay empty. */
export function typedOf(remote: Remote): TypedRemote {
  const { name, type, options, basePath, bandwidthLimit, window } = remote;
  const known = new Set(fieldsOf(type).map((field) => field.name));
  const isKnown = ([option]: readonly [string, string]): boolean => known.has(option);
  const others = Object.entries(options).filter((entry) => !isKnown(entry));
  return {
    name,
    type,
    values: {
      ...Object.fromEntries(Object.entries(options).filter(isKnown)),
      ...(others.length === 0
        ? {}
        : { [MORE]: others.map(([option, value]) => `${option} = ${value}`).join('\n') }),
    },
    basePath,
    bandwidth: bandwidthLimit ?? '',
    window,
  };
}

/** What the station is given: nothing that was left empty, secrets apart. */
export function draftOf(typed: TypedRemote): {
  readonly draft: RemoteDraft;
  readonly secrets: Record<string, string>;
} {
  const options: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const { name, kind, secret, choices } of fieldsOf(typed.type)) {
    const value = typed.values[name] ?? choices?.[0] ?? '';
    const trimmed = value.trim();
    if (trimmed === '') continue;
    if (name === MORE) Object.assign(options, readLines(trimmed));
    else if (name === MORE_SECRETS) Object.assign(secrets, readLines(trimmed));
    else if (secret)
      secrets[name] = kind === 'password' ? value : trimmed; // a space may belong to it
    else options[name] = trimmed;
  }
  return {
    draft: {
      name: typed.name.trim(),
      type: typed.type,
      options,
      basePath: typed.basePath.trim().replace(/^\/+|\/+$/g, ''),
      bandwidthLimit: typed.bandwidth.trim() === '' ? null : typed.bandwidth.trim().toUpperCase(),
      window: typed.window,
    },
    secrets,
  };
}

/**
 * Names of what is required and empty. `kept`: secrets that the vault has already. What a token tells of by itself is
 * not asked for before the token was looked at.
 */
export function missingIn(typed: TypedRemote, kept: readonly string[]): readonly string[] {
  const fields = fieldsOf(typed.type).filter(
    ({ name, required, secret }) =>
      required &&
      (secret || !isAuthorised(typed.type)) &&
      !kept.includes(name) &&
      (typed.values[name] ?? '').trim() === '',
  );
  return [...(typed.name.trim() === '' ? ['name'] : []), ...fields.map(({ name }) => name)];
}

/** Lines of `name = value`; what is none is left out. */
function readLines(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const match = /^\s*([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
    }),
  );
}

/** With the token, and what it tells that nobody typed. */
export function withAuthorisation(
  typed: TypedRemote,
  { token, options }: Authorisation,
): TypedRemote {
  const said = Object.entries(typed.values).filter(([, value]) => value.trim() !== '');
  return { ...typed, values: { ...options, ...Object.fromEntries(said), token } };
}

/** What the station complains about, by the field that shows it: `draft.options.url` is that of `url`. */
export function fieldOf(path: string): string {
  const steps = path.split('.').filter((step) => !['draft', 'options', 'secrets'].includes(step));
  const last = steps[0] ?? '';
  if (last === 'pasted') return 'token';
  return last === 'bandwidthLimit' ? 'bandwidth' : last;
}
