import type { Authoriser } from '../cloud/authorising/authoriser';
import { os } from './implementer';

const never = new AbortController().signal;

export function authorisationApi(authoriser: Pick<Authoriser, 'begin' | 'read'>) {
  return {
    begin: os.authorisation.begin.handler(({ input, context, signal }) =>
      authoriser.begin(input, context.actor === 'page', signal ?? never),
    ),
    read: os.authorisation.read.handler(({ input, signal }) =>
      authoriser.read(input, signal ?? never),
    ),
  };
}
