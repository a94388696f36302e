/** What can be wrong with what the station was given. Each is one sentence for a person, without a stack. */
export type StationErrorCode =
  | 'DATA_FOLDER_INVALID'
  | 'DATA_FOLDER_UNWRITABLE'
  | 'DATA_FOLDER_IN_USE'
  | 'DATA_DISK_MISSING'
  | 'DATABASE_FROM_FUTURE'
  | 'DATABASE_UNUSABLE'
  | 'NO_ROOM_FOR_BACKUP'
  | 'STATION_KEY_INVALID'
  | 'PROFILE_INVALID'
  | 'DEFAULTS_INVALID'
  | 'FFMPEG_MISSING';

/** An expected failure: `message` says what and where, and is all that a person needs to see. */
export class StationError extends Error {
  readonly code: StationErrorCode;

  constructor(code: StationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StationError';
    this.code = code;
  }
}
