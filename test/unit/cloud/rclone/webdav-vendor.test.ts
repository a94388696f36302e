import { trustedHashes } from '@main/cloud/rclone/trusted-hashes';
import { webdavVendor } from '@main/cloud/rclone/webdav-vendor';
import { expect, test } from 'vitest';

test.each([
  ['https://cloud.example.org/remote.php/dav/files/me/', 'nextcloud'],
  ['https://example.org/nextcloud/remote.php/webdav', 'nextcloud'],
  ['https://acme.sharepoint.com/sites/x', 'sharepoint'],
  ['https://sharepoint.com.evil.org/', 'other'],
  ['http://127.0.0.1:8080/', 'other'],
])('%s is %s', (url, vendor) => {
  expect(webdavVendor(url)).toBe(vendor);
});

test('a hash that is only repeated after us proves nothing', () => {
  expect(trustedHashes({ type: 'webdav', vendor: 'nextcloud' }).size).toBe(0);
  expect(trustedHashes({ type: 'webdav', vendor: 'owncloud' }).has('md5')).toBe(true);
  expect(trustedHashes({ type: 's3' }).has('md5')).toBe(true);
});
