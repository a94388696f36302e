import { protocol, type Session } from 'electron';
import { mediaHandler, type MediaFileLookup } from './media';
import { MEDIA_SCHEME, PAGE_ORIGIN, PAGE_SCHEME } from './page-address';
import { pageFilesHandler } from './page-files';

/** Must run before the app is ready: Chromium learns of schemes only then. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
    { scheme: MEDIA_SCHEME, privileges: { standard: true, secure: true, stream: true } },
  ]);
}

/** Serves the page and the audio to the window's session, and to nobody else. */
export function serveSchemes(session: Session, pageDir: string, lookup: MediaFileLookup): void {
  session.protocol.handle(PAGE_SCHEME, pageFilesHandler(pageDir, PAGE_ORIGIN));
  session.protocol.handle(MEDIA_SCHEME, mediaHandler(lookup));
}
