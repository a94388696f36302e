import { shell } from 'electron';
import { isLoginAddress } from './page-address';

/** Opens the address at which rclone waits, and no other. @throws Error when the desktop does not */
export async function openLogin(address: string): Promise<void> {
  if (!isLoginAddress(address)) throw new Error('This is not where rclone waits for a login.');
  await shell.openExternal(address);
}
