/** What was asked for cannot be, whatever the station's state. */
export class UsageError extends Error {}
