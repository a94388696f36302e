import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface OauthServer {
  readonly url: string;
  /** What was asked of it: method, path, credentials, form. */
  readonly asked: readonly { path: string; authorization: string; form: URLSearchParams }[];
}

/**
 * Google's and Microsoft's side of the exchange of RFC 6749, section 4.1: the login page sends the browser back with a
 * code, and the code is changed for a token. Ends with the test.
 */
export async function openOauthServer(
  behaviour: { readonly denies?: boolean; readonly refusesCode?: boolean } = {},
): Promise<OauthServer> {
  const asked: OauthServer['asked'][number][] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const form = new URLSearchParams(request.method === 'POST' ? body : url.search);
      const { authorization = '' } = request.headers;
      asked.push({ path: url.pathname, authorization, form });
      const json = (status: number, content: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(content));
      };
      switch (url.pathname) {
        case '/auth': {
          const back = new URL(form.get('redirect_uri') ?? '');
          // rclone listens on 127.0.0.1, whatever a machine takes for localhost.
          back.hostname = '127.0.0.1';
          back.searchParams.set('state', form.get('state') ?? '');
          if (behaviour.denies === true) back.searchParams.set('error', 'access_denied');
          else back.searchParams.set('code', 'the-code');
          response.writeHead(302, { location: back.href }).end();
          break;
        }
        case '/token':
          if (behaviour.refusesCode === true) {
            json(400, { error: 'invalid_client', error_description: 'Unknown client.' });
          } else {
            const token_type = 'Bearer';
            const tokens = { access_token: 'access-1', refresh_token: 'refresh-1' };
            json(200, { ...tokens, token_type, expires_in: 3600 });
          }
          break;
        case '/v1.0/me/drive':
          if (authorization === 'Bearer access-1')
            json(200, { id: 'b!drive', driveType: 'business' });
          else json(401, { error: { code: 'InvalidAuthenticationToken' } });
          break;
        default:
          json(404, {});
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, asked };
}
