import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { errorCode } from '../files/error-code';

const PROBE_NAME = '.write-probe';

/**
 * Writes a byte into a folder, durably, and takes it away again. Through the folder's open handle: a disk
 * that is unmounted meanwhile must not leave the byte in the bare mount point.
 * @param device `st_dev` that the folder must be on
 * @returns null when it went well, else the code of the error; `ENODEV` when the folder is on another disk
 */
export async function probeWrite(root: string, device: number): Promise<string | null> {
  try {
    const folder = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      if ((await folder.stat()).dev !== device) return 'ENODEV';
      await writeAndRemove(`/proc/self/fd/${String(folder.fd)}/${PROBE_NAME}`);
      return null;
    } finally {
      await folder.close();
    }
  } catch (error) {
    return errorCode(error);
  }
}

async function writeAndRemove(path: string): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600);
    try {
      await file.write('?');
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true }).catch(() => undefined); // the next probe has the same name
  }
}
