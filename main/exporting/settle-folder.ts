import { syncFolder } from '../files/durable';
import { errorCode } from '../files/error-code';

/** File systems that cannot do it (NTFS and exFAT by FUSE, network shares), and folders that may not be read, say so. */
const CANNOT = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF', 'EACCES', 'EPERM']);

/** Forces a folder's names to the disk, where its file system can. @throws Node's errors */
export async function settleFolder(path: string): Promise<void> {
  try {
    await syncFolder(path);
  } catch (error) {
    if (!CANNOT.has(errorCode(error))) throw error;
  }
}
