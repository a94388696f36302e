/** The desktop's own dialogs, before the station's window. */
export interface FileDialogs {
  /**
   * Lets a person choose audio files.
   * @returns absolute paths; none: nothing was chosen
   * @throws NotAvailableError
   */
  openAudio(): Promise<string[]>;
  /**
   * Lets a person choose folders, to export one.
   * @returns absolute paths; none: nothing was chosen
   * @throws NotAvailableError
   */
  openFolder(purpose: 'import' | 'export'): Promise<string[]>;
}
