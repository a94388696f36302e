import { type RemoteType, remoteTypeSchema } from '@shared/model/remote';
import { openValue, SealedValueError } from '../../vault/sealed-value';
import {
  REMOTE_VARIABLES,
  type RemoteVariable,
  type SecretEnvironment,
} from '../../vault/secret-environment';

/** What the environment of a provisioned fleet says of a remote. */
export type EnvironmentSeed =
  | { readonly kind: 'none' }
  /** Said, and not usable: nothing is changed, and one warning says why. Without secrets. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Always overwrites what is there. Options still to be checked like those of a person. */
  | {
      readonly kind: 'remote';
      readonly type: RemoteType;
      readonly options: Readonly<Record<string, string>>;
      readonly secrets: Readonly<Record<string, string>>;
    };

/**
 * All or nothing. Values may be plain or encrypted (`enc:`). What the address means: of `webdav` the folder; of `s3` the
 * server and the bucket (`https://server/bucket`); of `sftp` the machine and the folder (`sftp://machine:22/folder`).
 */
export function environmentSeed({ remote, encryptionKey }: SecretEnvironment): EnvironmentSeed {
  const names = Object.keys(REMOTE_VARIABLES) as RemoteVariable[];
  const missing = names.filter((name) => remote[name] === null);
  if (missing.length === names.length) return { kind: 'none' };
  if (missing.length > 0) {
    const words = missing.map((name) => REMOTE_VARIABLES[name]).join(', ');
    return refused(`${words} ${missing.length === 1 ? 'is' : 'are'} not set; all four are needed`);
  }
  try {
    const opened = (name: RemoteVariable): string => open(name, remote[name] ?? '', encryptionKey);
    return remoteOf(opened('type'), opened('url'), opened('user'), opened('pass'));
  } catch (error) {
    if (error instanceof SeedError) return refused(error.message);
    throw error;
  }
}

class SeedError extends Error {}

function refused(why: string): EnvironmentSeed {
  return { kind: 'refused', problem: `The remote of the environment is not used: ${why}.` };
}

function open(name: RemoteVariable, value: string, encryptionKey: string | null): string {
  try {
    return openValue(value, encryptionKey);
  } catch (error) {
    if (error instanceof SealedValueError) {
      throw new SeedError(`${REMOTE_VARIABLES[name]}: ${error.message}`);
    }
    throw error;
  }
}

/** @throws SeedError */
function remoteOf(typeName: string, url: string, user: string, pass: string): EnvironmentSeed {
  const type = remoteTypeSchema.safeParse(typeName.toLowerCase()).data;
  switch (type) {
    case 'webdav':
      address(url, ['http:', 'https:']);
      return { kind: 'remote', type, options: { url, user }, secrets: { pass } };
    case 's3': {
      const { protocol, host, pathname } = address(url, ['http:', 'https:']);
      const [bucket = '', ...rest] = partsOf(pathname);
      if (bucket === '' || rest.length > 0) {
        throw new SeedError(`${REMOTE_VARIABLES.url}: expected https://server/bucket`);
      }
      return {
        kind: 'remote',
        type,
        options: { endpoint: `${protocol}//${host}`, bucket, access_key_id: user },
        secrets: { secret_access_key: pass },
      };
    }
    case 'sftp': {
      const { hostname, port, pathname } = address(url, ['sftp:']);
      const path = pathname === '/' ? '' : decoded(pathname);
      return {
        kind: 'remote',
        type,
        options: {
          // Brackets are of addresses only.
          host: hostname.replace(/^\[(.*)\]$/, '$1'),
          user,
          ...(port === '' ? {} : { port }),
          ...(path === '' ? {} : { root: path }),
        },
        secrets: { pass },
      };
    }
    default:
      throw new SeedError(
        `${REMOTE_VARIABLES.type}: a remote of this type cannot come from the environment, only webdav, s3 and sftp`,
      );
  }
}

/** @throws SeedError that does not repeat it: there may be a password in it */
function address(url: string, protocols: readonly string[]): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const forms = protocols.map((protocol) => `${protocol}//…`).join(' or ');
  if (parsed === null || !protocols.includes(parsed.protocol) || parsed.hostname === '') {
    throw new SeedError(`${REMOTE_VARIABLES.url}: expected ${forms}`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new SeedError(`${REMOTE_VARIABLES.url}: user and password have variables of their own`);
  }
  return parsed;
}

function partsOf(pathname: string): string[] {
  return pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
}

/** @throws SeedError */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new SeedError(`${REMOTE_VARIABLES.url}: a % in it stands for nothing`);
  }
}
