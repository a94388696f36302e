import { messageOf } from '../error-message';
import { errorCode } from '../files/error-code';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there any more',
  EACCES: 'it must not be read: permission is denied',
  EPERM: 'it must not be read: permission is denied',
  EIO: 'the disk that it lies on reports an error (EIO)',
  ENODEV: 'the disk that it lies on is gone',
  ENXIO: 'the disk that it lies on is gone',
  ESTALE: 'the network disk that it lies on is gone',
  ENOTCONN: 'the disk that it lies on is gone',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ETIMEDOUT: 'the disk that it lies on does not answer',
};

/** Why something could not be read, as a phrase for a person. */
export function troubleInWords(error: unknown): string {
  return WORDS[errorCode(error)] ?? `it cannot be read: ${messageOf(error)}`;
}
