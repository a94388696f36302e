import { createInterface } from 'node:readline/promises';
import { text as textOf } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { z } from 'zod';
import { UsageError } from './usage-error';

/** Where secrets come from: never from the arguments, which every user of the machine can read. */
export interface SecretInput {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  /** Where a person is asked. */
  readonly prompt: NodeJS.WritableStream;
}

export const processInput: SecretInput = {
  env: process.env,
  stdin: process.stdin,
  prompt: process.stderr,
};

const jsonSecrets = z.record(z.string(), z.string().min(1));

/**
 * The secrets of these names: each from `SILVASONIC_SECRET_<NAME>`, else asked on the terminal without an echo, else
 * read from standard input: the secret itself where one is wanted, a JSON object of several.
 * @throws UsageError
 */
export async function askSecrets(
  names: readonly string[],
  input: SecretInput = processInput,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const name of names) {
    const variable = `SILVASONIC_SECRET_${name.toUpperCase()}`;
    const value = input.env[variable];
    // Nobody who is started from here inherits it.
    Reflect.deleteProperty(input.env, variable);
    if (value !== undefined && value !== '') secrets[name] = value;
  }
  const missing = names.filter((name) => secrets[name] === undefined);
  if (missing.length === 0) return secrets;
  if (!input.stdin.isTTY) return { ...secrets, ...(await fromStdin(missing, input)) };
  for (const name of missing) secrets[name] = await askHidden(name, input);
  return secrets;
}

async function fromStdin(
  names: readonly string[],
  { stdin }: SecretInput,
): Promise<Record<string, string>> {
  const said = (await textOf(stdin)).replace(/\r?\n$/, '');
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0 && said !== '') return { [name]: said };
  const secrets = jsonSecrets.safeParse(parsed(said)).data ?? {};
  const missing = names.filter((one) => secrets[one] === undefined);
  if (missing.length === 0)
    return Object.fromEntries(names.map((one) => [one, secrets[one] ?? '']));
  throw new UsageError(
    `Expected ${names.join(', ')}: from SILVASONIC_SECRET_${(missing[0] ?? '').toUpperCase()}, or on standard input${names.length > 1 ? ' as a JSON object' : ''}.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @throws UsageError when nothing is given */
async function askHidden(name: string, { stdin, prompt }: SecretInput): Promise<string> {
  prompt.write(`${name} (not shown): `);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: stdin, output: nowhere, terminal: true });
  try {
    const secret = await terminal.question('');
    if (secret !== '') return secret;
    throw new UsageError(`Nothing was given for ${name}.`);
  } finally {
    terminal.close();
    prompt.write('\n');
  }
}
