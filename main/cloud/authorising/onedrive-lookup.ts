import { fetch } from 'undici';
import { z } from 'zod';
import { messageOf } from '../../error-message';
import { AuthorisationError } from './authorisation-error';
import type { OauthToken } from './oauth-token';

/** Microsoft Graph, by region as rclone names them. */
const GRAPH: Readonly<Record<string, string>> = {
  global: 'https://graph.microsoft.com',
  us: 'https://graph.microsoft.us',
  de: 'https://graph.microsoft.de',
  cn: 'https://microsoftgraph.chinacloudapi.cn',
};
const TIMEOUT_MS = 20_000;
const driveSchema = z.object({
  id: z.string().min(1),
  driveType: z.enum(['personal', 'business', 'documentLibrary']),
});

/** Which drive a token opens: rclone wants to be told. */
export interface Drive {
  readonly drive_id: string;
  readonly drive_type: string;
}

/**
 * Asks Microsoft for the token's own drive.
 * @param graph another server, for tests
 * @throws AuthorisationError; AbortError
 */
export async function ownDrive(
  token: OauthToken,
  signal: AbortSignal,
  region = 'global',
  graph = GRAPH[region],
): Promise<Drive> {
  if (graph === undefined) {
    throw new AuthorisationError('failed', `Microsoft has no region "${region}".`);
  }
  const patience = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const answer = await fetch(`${graph}/v1.0/me/drive`, {
    headers: { authorization: `Bearer ${token.access_token}`, accept: 'application/json' },
    redirect: 'error',
    signal: patience,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new AuthorisationError('failed', `Microsoft cannot be asked: ${messageOf(error)}.`);
  });
  if (answer.status === 401) {
    const words = 'Microsoft does not take this token (any more). Make a new one.';
    throw new AuthorisationError('refused', words);
  }
  const drive = driveSchema.safeParse(answer.ok ? await answer.json().catch(() => null) : null);
  if (!drive.success) {
    const words = `Microsoft does not tell which drive this is (${String(answer.status)}).`;
    throw new AuthorisationError('failed', words);
  }
  return { drive_id: drive.data.id, drive_type: drive.data.driveType };
}
