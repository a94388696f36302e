import { protocol, type Session } from 'electron';
import { mediaHandler, type MediaFiles } from './media';
import { MEDIA_SCHEME, PAGE_ORIGIN, PAGE_SCHEME } from './page-address';
import { pageFilesHandler } from './page-files';

/** Must run before the app is ready: Chromium learns of schemes only then. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
    {
      scheme: MEDIA_SCHEME,
      // Fetched across origins: the page draws waveforms from their bytes. Who may is said by the answer.
      privileges: {
        standard: true,
        secure: true,
        stream: true,
        supportFetchAPI: true,
        corsEnabled: true,
      },
    },
  ]);
}

/** Serves the page and the audio to the window's session, and to nobody else. */
export function serveSchemes(session: Session, pageDir: string, files: MediaFiles): void {
  session.protocol.handle(PAGE_SCHEME, pageFilesHandler(pageDir, PAGE_ORIGIN));
  session.protocol.handle(MEDIA_SCHEME, mediaHandler(files));
}
