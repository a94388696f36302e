import type { FeedReader } from './updater';

/**
 * Asks feeds with electron-updater (generic provider).
 * @param fromSource also works in a build that is not packaged; for tests
 */
export async function openFeedReader(fromSource: boolean): Promise<FeedReader> {
  const { default: electronUpdater } = await import('electron-updater');
  const { autoUpdater } = electronUpdater;
  autoUpdater.logger = null;
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = false;
  autoUpdater.forceDevUpdateConfig = fromSource;
  return {
    async newestVersion({ url, channel }) {
      autoUpdater.setFeedURL({ provider: 'generic', url, channel });
      const result = await autoUpdater.checkForUpdates();
      if (result === null) throw new Error('This build cannot be updated.');
      return { version: result.updateInfo.version, newer: result.isUpdateAvailable };
    },
    async abort() {
      await autoUpdater.netSession.closeAllConnections();
    },
  };
}
