/** The page's own scheme and origin. Everything that guards the window compares with these. */
export const PAGE_SCHEME = 'app';
export const PAGE_ORIGIN = 'app://silvasonic';
export const PAGE_ADDRESS = `${PAGE_ORIGIN}/index.html`;

/** `media://recording/<id>/raw|processed`, `media://asset/<recording's id>/peaks|spectrogram` */
export const MEDIA_SCHEME = 'media';

/** The one channel between preload and main: a page hands over its message port. */
export const PORT_CHANNEL = 'silvasonic:port';
/** What the page posts to itself, with one port, to be connected. */
export const CONNECT_MESSAGE = 'silvasonic:connect';
/** What the preload posts to the page: the paths of files that were dropped onto it. */
export const DROPPED_MESSAGE = 'silvasonic:dropped';

export function isPageAddress(address: string): boolean {
  return address === PAGE_ORIGIN || address.startsWith(`${PAGE_ORIGIN}/`);
}

/** Addresses of the outside world that a link may open in the system's browser: none yet. */
const EXTERNAL_HOSTS: readonly string[] = [];

export function isAllowedExternal(
  address: string,
  hosts: readonly string[] = EXTERNAL_HOSTS,
): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.port === '' &&
    hosts.includes(url.hostname)
  );
}

/** Where `rclone authorize` waits for a browser of this machine. */
export function isLoginAddress(address: string): boolean {
  return /^http:\/\/127\.0\.0\.1:53682\/auth\?state=[\w-]+$/.test(address);
}
