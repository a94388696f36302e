import { z } from 'zod';

/** Whose WebDAV it is, as rclone calls them: it decides about hashes, times and large files. */
export const webdavVendorSchema = z.enum([
  'nextcloud',
  'owncloud',
  'sharepoint',
  'rclone',
  'other',
]);
export type WebdavVendor = z.infer<typeof webdavVendorSchema>;

/**
 * From its address. ownCloud has the addresses of Nextcloud: it works as such, and its hashes are believed only where a
 * person says that it is one.
 */
export function webdavVendor(url: string): WebdavVendor {
  const { hostname, pathname } = new URL(url);
  if (/\/remote\.php\/(?:dav|webdav)(?:\/|$)/.test(pathname)) return 'nextcloud';
  if (/(?:^|\.)sharepoint\.com$/.test(hostname)) return 'sharepoint';
  return 'other';
}
