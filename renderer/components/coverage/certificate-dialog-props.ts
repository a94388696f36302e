export interface CertificateDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly device: string;
  readonly name: string;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
}
