CREATE TABLE `recording_totals` (
	`device` text PRIMARY KEY NOT NULL,
	`recordings` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ix_recordings_damaged_here` ON `recordings` (`integrity`) WHERE integrity <> 'ok' and local_deleted = 0 and deleted_at_ms is null;--> statement-breakpoint
-- How much there is per device: the sum of its quarters, kept up with every change of one of them.
CREATE TRIGGER recording_totals_insert AFTER INSERT ON recording_quarters
BEGIN
  INSERT INTO recording_totals (device, recordings) VALUES (new.device, new.recordings)
  ON CONFLICT (device) DO UPDATE SET recordings = recordings + excluded.recordings;
END;
--> statement-breakpoint
CREATE TRIGGER recording_totals_update AFTER UPDATE OF recordings ON recording_quarters
WHEN new.recordings <> old.recordings
BEGIN
  UPDATE recording_totals SET recordings = recordings + new.recordings - old.recordings WHERE device = new.device;
END;
--> statement-breakpoint
CREATE TRIGGER recording_totals_delete AFTER DELETE ON recording_quarters
WHEN old.recordings <> 0
BEGIN
  UPDATE recording_totals SET recordings = recordings - old.recordings WHERE device = old.device;
END;
--> statement-breakpoint
INSERT INTO recording_totals (device, recordings) SELECT device, sum(recordings) FROM recording_quarters GROUP BY device;
