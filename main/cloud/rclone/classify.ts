import type { CloudErrorCode } from '@shared/model/remote';

/** What a failure means. */
export interface Classified {
  readonly code: CloudErrorCode;
  /** It asked to be left alone for so long. Milliseconds; null: it did not say. */
  readonly retryAfterMs: number | null;
}

/** The first that fits holds: what is said in words comes before a number that stands for several things. */
const WORDS: readonly (readonly [CloudErrorCode, RegExp])[] = [
  // S3 compares the clocks, too.
  ['TLS_CLOCK', /certificate has expired or is not yet valid|RequestTimeTooSkewed|RequestExpired/i],
  [
    'QUOTA',
    /insufficient[ _]storage|no space left on device|quota[ _]?(?:limit)?[ _]?(?:exceeded|reached)|quotaExceeded|insufficient_space|StorageFull|not enough (?:free )?space|too big for remaining disk space|FileLimitExceeded/i,
  ],
  [
    'RATE_LIMITED',
    /too[ _]many[ _](?:requests|write)|rateLimitExceeded|LimitExceeded: |activityLimitReached|SlowDown|throttl/i,
  ],
  [
    'AUTH',
    /unable to authenticate|no supported methods remain|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|InvalidAuthenticationToken|unauthenticated|invalid_(?:grant|client|token)|(?:couldn't|failed to) (?:fetch|get|refresh) (?:the )?(?:oauth )?token|empty token found|no refresh token|unauthorized_client|NotAuthenticated|authentication failed|knownhosts: key (?:mismatch|is unknown)|no key found|failed to parse private key/i,
  ],
  [
    'MISMATCH',
    /corrupted on transfer|(?:sizes|hashes?|checksums?) differ|source file is being updated/i,
  ],
  [
    'FORBIDDEN',
    /AccessDenied|access denied|permission denied|read-only file system|insufficient(?:Permissions|Scopes)|operation not permitted/i,
  ],
  [
    'TIMEOUT',
    /i\/o timeout|deadline exceeded|Client\.Timeout|handshake timeout|timeout awaiting|connection timed out|operation timed out/i,
  ],
  [
    'OFFLINE',
    /no such host|connection refused|network is (?:unreachable|down)|no route to host|host is down|connection reset|connection (?:was )?lost|broken pipe|server misbehaving|name resolution|proxyconnect|use of closed network connection|connection broken|server closed|transport endpoint|input\/output error|no such device|stale file handle|\bEOF\b/i,
  ],
  [
    'NOT_FOUND',
    /(?:object|directory|file|bucket) not found|NoSuch(?:Bucket|Key)|file does not exist|no such file or directory|itemNotFound/i,
  ],
];

const STATUS: Readonly<Record<number, CloudErrorCode>> = {
  401: 'AUTH',
  402: 'QUOTA',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'FORBIDDEN',
  408: 'TIMEOUT',
  409: 'NOT_FOUND', // WebDAV: the folder above is not there
  413: 'QUOTA', // more than it takes
  422: 'UNKNOWN',
  423: 'RATE_LIMITED', // somebody is at it just now
  425: 'RATE_LIMITED',
  429: 'RATE_LIMITED',
  502: 'OFFLINE',
  503: 'OFFLINE', // down for maintenance
  504: 'OFFLINE',
  507: 'QUOTA',
  509: 'RATE_LIMITED',
};

/** Where rclone and its libraries put the status of an answer. */
const STATUS_PLACES = [
  /\b(?:status code|StatusCode|Error|HTTP error|HTTP code|HTTP status):? "?(\d{3})\b/,
  /(?:^|: )"?(\d{3}) [A-Z][a-z]+/,
  /(?:^|: |")(\d{3})"?$/m,
];

/** What rclone's words mean. Pure: `evidence` is all that it knows. */
export function classify(evidence: string): Classified {
  const retryAfterMs = retryAfter(evidence);
  const words = WORDS.find(([, pattern]) => pattern.test(evidence));
  if (words !== undefined) return { code: words[0], retryAfterMs };
  for (const place of STATUS_PLACES) {
    const code = STATUS[Number(place.exec(evidence)?.[1])];
    if (code !== undefined) return { code, retryAfterMs };
  }
  return { code: 'UNKNOWN', retryAfterMs };
}

/** `trying again in 30 seconds`, `retry after 1m30s`: Milliseconds. */
function retryAfter(evidence: string): number | null {
  const said =
    /(?:try(?:ing)? again in|retry[ -]after:?) "?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(?: ?s(?:ec(?:onds?)?)?)?)?/i.exec(
      evidence,
    );
  if (said === null) return null;
  const seconds = Number(said[1] ?? 0) * 60 + Number(said[2] ?? 0);
  return seconds > 0 ? seconds * 1000 : null;
}
