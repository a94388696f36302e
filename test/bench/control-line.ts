import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

/** Calls one procedure of a running station through its control socket, as the command line does. */
export function call(dataDir: string, procedure: string, input?: unknown): Promise<unknown> {
  const { socket } = JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8')) as {
    socket: string;
  };
  const body = JSON.stringify(input === undefined ? {} : { json: input });
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath: socket,
        method: 'POST',
        path: `/rpc/${procedure.replaceAll('.', '/')}`,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const answer = JSON.parse(text) as { json: unknown };
          if (response.statusCode === 200) resolve(answer.json);
          else reject(new Error(`${procedure} was refused: ${text}`));
        });
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}
