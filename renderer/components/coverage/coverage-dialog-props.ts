export interface CoverageDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly device: string;
  /** What people call the device. */
  readonly name: string;
  /** The gap to show first, by its beginning (ISO 8601). */
  readonly chosen: string | null;
  /** The day to begin with, `YYYY-MM-DD`; absent: today. */
  readonly day?: string;
}
