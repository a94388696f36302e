import { z } from 'zod';
import { AuthorisationError } from './authorisation-error';

const oauthTokenSchema = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  /** Without it the station would be shut out within the hour. */
  refresh_token: z.string().min(1),
  expiry: z.string().optional(),
});
export type OauthToken = z.infer<typeof oauthTokenSchema>;

/** More than any token; nobody pastes so much on purpose. */
const MOST_CHARACTERS = 65_536;

/**
 * The token in what rclone printed and a person pasted: with the lines around it or without, broken by a terminal or
 * not.
 * @throws AuthorisationError that does not repeat it
 */
export function tokenIn(pasted: string): OauthToken {
  if (pasted.length > MOST_CHARACTERS) throw unusable('it is far too long');
  const from = pasted.indexOf('{');
  const to = pasted.lastIndexOf('}');
  if (from === -1 || to < from) throw unusable('there is no {…} in it');
  const content = parsed(pasted.slice(from, to + 1).replace(/\s*[\r\n]+\s*/g, ''));
  const token = oauthTokenSchema.safeParse(content);
  if (token.success) return token.data;
  const missing = token.error.issues[0]?.path.join('.') ?? '';
  throw unusable(missing === '' ? 'the text in {…} is not whole' : `it has no ${missing}`);
}

/** As rclone takes it: one line of JSON. */
export function asSecret(token: OauthToken): string {
  return JSON.stringify(token);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unusable(why: string): AuthorisationError {
  const words = `This is not the token that "rclone authorize" prints: ${why}.`;
  return new AuthorisationError('unusable', words);
}
