/** Where an alert is raised and cleared; both are safe to repeat. */
export interface AlertSink {
  raise(code: string, level: 'warning' | 'critical', evidence: string): void;
  clear(code: string): void;
}
