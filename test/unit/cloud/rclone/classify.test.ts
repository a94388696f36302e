import { classify } from '@main/cloud/rclone/classify';
import type { CloudErrorCode } from '@shared/model/remote';
import { expect, test } from 'vitest';

/** In the words of rclone 1.60 and 1.75, of the libraries in it, and of the servers behind it. */
const SAID: readonly (readonly [CloudErrorCode, string])[] = [
  [
    'OFFLINE',
    'read metadata failed: Propfind "http://cloud/b": dial tcp 192.0.2.1:80: connect: connection refused',
  ],
  ['OFFLINE', 'dial tcp: lookup cloud.example.org: no such host'],
  ['OFFLINE', 'dial tcp: lookup cloud.example.org on 127.0.0.53:53: server misbehaving'],
  ['OFFLINE', 'lookup cloud.example.org: Temporary failure in name resolution'],
  ['OFFLINE', 'dial tcp 192.0.2.1:443: connect: network is unreachable'],
  ['OFFLINE', 'dial tcp 192.0.2.1:443: connect: no route to host'],
  ['OFFLINE', 'Put "http://cloud/a.flac": write tcp 10.0.0.2:5->10.0.0.1:80: write: broken pipe'],
  [
    'OFFLINE',
    'Put "http://cloud/a.flac": read tcp 10.0.0.2:5->10.0.0.1:80: read: connection reset by peer',
  ],
  ['OFFLINE', 'Put "http://cloud/a.flac": EOF'],
  ['OFFLINE', 'Put "http://cloud/a.flac": http: server closed idle connection'],
  ['OFFLINE', 'Update Create failed: connection lost'],
  ['OFFLINE', 'proxyconnect tcp: dial tcp 127.0.0.1:9: connect: something'],
  ['OFFLINE', '502 Bad Gateway'],
  [
    'OFFLINE',
    'System in maintenance mode.: Sabre\\DAV\\Exception\\ServiceUnavailable: 503 Service Unavailable',
  ],
  ['OFFLINE', 'open /media/usb/x: input/output error'],
  ['TIMEOUT', 'Put "http://cloud/a.flac": net/http: timeout awaiting response headers'],
  ['TIMEOUT', 'dial tcp 192.0.2.1:443: i/o timeout'],
  ['TIMEOUT', 'dial tcp 192.0.2.1:443: connect: connection timed out'],
  ['TIMEOUT', 'net/http: TLS handshake timeout'],
  ['TIMEOUT', 'context deadline exceeded'],
  [
    'AUTH',
    'read metadata failed: No public access: Sabre\\DAV\\Exception\\NotAuthenticated: 401 Unauthorized',
  ],
  ['AUTH', '401 Unauthorized'],
  [
    'AUTH',
    "NewFs: couldn't connect SSH: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password], no supported methods remain",
  ],
  ['AUTH', 'ssh: handshake failed: knownhosts: key mismatch'],
  [
    'AUTH',
    'InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.\n\tstatus code: 403, request id: , host id: ',
  ],
  [
    'AUTH',
    'operation error S3: ListObjectsV2, https response error StatusCode: 403, RequestID: , HostID: , api error SignatureDoesNotMatch: The request signature we calculated does not match',
  ],
  [
    'AUTH',
    'couldn\'t fetch token: invalid_grant: maybe token expired? - try refreshing with "rclone config reconnect remote:"',
  ],
  [
    'AUTH',
    'couldn\'t find root directory ID: Get "https://www.googleapis.com/drive/v3/files/root": couldn\'t fetch token - maybe it has expired? - refresh with "rclone config reconnect remote{x}:": oauth2: cannot fetch token: 400 Bad Request',
  ],
  ['AUTH', 'InvalidAuthenticationToken: Access token is empty.'],
  ['FORBIDDEN', 'Update mkParentDir failed: 403 Forbidden'],
  ['FORBIDDEN', 'AccessDenied: Access Denied\n\tstatus code: 403, request id: 1'],
  ['FORBIDDEN', 'Update Create failed: sftp: "Permission denied" (SSH_FX_PERMISSION_DENIED)'],
  ['FORBIDDEN', 'mkdir /media/usb/b: read-only file system'],
  [
    'FORBIDDEN',
    'googleapi: Error 403: The user does not have sufficient permissions for this file., insufficientFilePermissions',
  ],
  [
    'QUOTA',
    'Insufficient space in x: Sabre\\DAV\\Exception\\InsufficientStorage: 507 Insufficient Storage',
  ],
  ['QUOTA', '507 Insufficient Storage'],
  ['QUOTA', 'write /media/usb/x: no space left on device'],
  ['QUOTA', 'preallocate: file too big for remaining disk space'],
  ['QUOTA', 'write /media/nas/x: disk quota exceeded'],
  [
    'QUOTA',
    "googleapi: Error 403: The user's Drive storage quota has been exceeded., storageQuotaExceeded",
  ],
  ['QUOTA', 'quotaLimitReached: Insufficient Space Available'],
  ['RATE_LIMITED', '429 Too Many Requests'],
  ['RATE_LIMITED', 'googleapi: Error 403: User Rate Limit Exceeded., userRateLimitExceeded'],
  ['RATE_LIMITED', 'SlowDown: Please reduce your request rate.\n\tstatus code: 503'],
  [
    'RATE_LIMITED',
    '"a.flac" is locked: OCA\\DAV\\Connector\\Sabre\\Exception\\FileLocked: 423 Locked',
  ],
  ['NOT_FOUND', 'object not found'],
  ['NOT_FOUND', 'error in ListJSON: directory not found'],
  ['NOT_FOUND', 'Update mkParentDir failed: 409 Conflict'],
  ['NOT_FOUND', 'NoSuchBucket: The specified bucket does not exist\n\tstatus code: 404'],
  [
    'TLS_CLOCK',
    'Propfind "https://cloud/b": x509: certificate has expired or is not yet valid: current time 1970-01-01T01:00:00Z is before 2026-01-01T00:00:00Z',
  ],
  [
    'TLS_CLOCK',
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time …',
  ],
  [
    'TLS_CLOCK',
    'RequestTimeTooSkewed: The difference between the request time and the current time is too large.\n\tstatus code: 403',
  ],
  ['MISMATCH', 'corrupted on transfer: sizes differ 100000 vs 50000'],
  ['MISMATCH', 'corrupted on transfer: md5 hash differ "aa" vs "bb"'],
  ['MISMATCH', "can't copy - source file is being updated (size changed from 10 to 20)"],
  ['UNKNOWN', '500 Internal Server Error'],
  ['UNKNOWN', 'x509: certificate signed by unknown authority'],
  ['UNKNOWN', "didn't find section in config file"],
  ['UNKNOWN', ''],
];

test.each(SAID)('%s: %s', (code, words) => {
  expect(classify(words).code).toBe(code);
});

test.each([
  ['Too many requests. Trying again in 120 seconds.', 120_000],
  ['pacer: retry after 1m30s', 90_000],
  ['429 Too Many Requests: retry after 5s', 5_000],
  ['429 Too Many Requests', null],
  ['try again in some time', null],
])('%s: patience of %s ms', (words, ms) => {
  expect(classify(words).retryAfterMs).toBe(ms);
});

test('a number in an address or a name is no answer of the server', () => {
  expect(classify('Put "http://cloud:8403/mic-507/401.flac": strange').code).toBe('UNKNOWN');
});
