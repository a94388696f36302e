DROP INDEX `ix_recording_tags_tag`;--> statement-breakpoint
CREATE INDEX `ix_recording_tags_tag` ON `recording_tags` (`tag_id`,`recording_id`);--> statement-breakpoint
DROP INDEX `ix_recordings_upload_pending`;--> statement-breakpoint
CREATE INDEX `ix_recordings_janitor` ON `recordings` (`time_ms`) WHERE uploaded = 1 and local_deleted = 0 and protected = 0;--> statement-breakpoint
CREATE INDEX `ix_recordings_uploaded` ON `recordings` (`uploaded`,`time_ms`);--> statement-breakpoint
CREATE INDEX `ix_recordings_absent` ON `recordings` (`time_ms`) WHERE local_deleted = 1;--> statement-breakpoint
CREATE INDEX `ix_recordings_protected` ON `recordings` (`time_ms`) WHERE protected = 1;--> statement-breakpoint
CREATE INDEX `ix_recordings_recovered` ON `recordings` (`time_ms`) WHERE recovered = 1;--> statement-breakpoint
CREATE INDEX `ix_recordings_clock_unsynced` ON `recordings` (`time_ms`) WHERE clock_unsynced = 1;--> statement-breakpoint
CREATE INDEX `ix_recordings_damaged` ON `recordings` (`time_ms`) WHERE integrity <> 'ok';--> statement-breakpoint
CREATE INDEX `ix_recordings_imported` ON `recordings` (`time_ms`) WHERE source = 'import';--> statement-breakpoint
CREATE INDEX `ix_recordings_place` ON `recordings` (`id`,`time_ms`,`deleted_at_ms`);--> statement-breakpoint
DROP INDEX `ix_recording_quarters_time`;--> statement-breakpoint
CREATE INDEX `ix_recording_quarters_time` ON `recording_quarters` (`quarter_ms`,`recordings`,`duration_s`);--> statement-breakpoint
CREATE INDEX `ix_recordings_bin` ON `recordings` (`time_ms`) WHERE deleted_at_ms is not null;--> statement-breakpoint
CREATE INDEX `ix_recordings_duration` ON `recordings` (`duration_s`,`time_ms`,`deleted_at_ms`);--> statement-breakpoint
CREATE INDEX `ix_recordings_upload_pending` ON `recordings` (`time_ms`) WHERE uploaded = 0 and local_deleted = 0 and deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `ix_detections_label` ON `detections` (`label`,`recording_id`);--> statement-breakpoint
-- How much there is per device and quarter of an hour, kept up with every change. What lies in the bin does not count.
-- Quarters, since every time zone in use is whole quarters away from UTC; rounded down before 1970, too.
CREATE TRIGGER recording_quarters_insert AFTER INSERT ON recordings
WHEN new.deleted_at_ms IS NULL
BEGIN
  INSERT INTO recording_quarters (device, quarter_ms, recordings, duration_s)
  VALUES (new.device, new.time_ms - ((new.time_ms % 900000) + 900000) % 900000, 1, new.duration_s)
  ON CONFLICT (device, quarter_ms) DO UPDATE
    SET recordings = recordings + 1, duration_s = duration_s + excluded.duration_s;
END;
--> statement-breakpoint
CREATE TRIGGER recording_quarters_delete AFTER DELETE ON recordings
WHEN old.deleted_at_ms IS NULL
BEGIN
  UPDATE recording_quarters SET recordings = recordings - 1, duration_s = max(0, duration_s - old.duration_s)
  WHERE device = old.device AND quarter_ms = old.time_ms - ((old.time_ms % 900000) + 900000) % 900000;
  DELETE FROM recording_quarters
  WHERE device = old.device AND quarter_ms = old.time_ms - ((old.time_ms % 900000) + 900000) % 900000 AND recordings <= 0;
END;
--> statement-breakpoint
-- One trigger for both halves of a change: SQLite promises no order between two triggers of one event.
CREATE TRIGGER recording_quarters_update AFTER UPDATE OF device, time_ms, duration_s, deleted_at_ms ON recordings
WHEN new.device IS NOT old.device OR new.time_ms IS NOT old.time_ms OR new.duration_s IS NOT old.duration_s
  OR (new.deleted_at_ms IS NULL) IS NOT (old.deleted_at_ms IS NULL)
BEGIN
  UPDATE recording_quarters SET recordings = recordings - 1, duration_s = max(0, duration_s - old.duration_s)
  WHERE old.deleted_at_ms IS NULL
    AND device = old.device AND quarter_ms = old.time_ms - ((old.time_ms % 900000) + 900000) % 900000;
  INSERT INTO recording_quarters (device, quarter_ms, recordings, duration_s)
  SELECT new.device, new.time_ms - ((new.time_ms % 900000) + 900000) % 900000, 1, new.duration_s
  WHERE new.deleted_at_ms IS NULL
  ON CONFLICT (device, quarter_ms) DO UPDATE
    SET recordings = recordings + 1, duration_s = duration_s + excluded.duration_s;
  DELETE FROM recording_quarters
  WHERE old.deleted_at_ms IS NULL AND recordings <= 0
    AND device = old.device AND quarter_ms = old.time_ms - ((old.time_ms % 900000) + 900000) % 900000;
END;
--> statement-breakpoint
INSERT INTO recording_quarters (device, quarter_ms, recordings, duration_s)
SELECT device, time_ms - ((time_ms % 900000) + 900000) % 900000, count(*), sum(duration_s)
FROM recordings WHERE deleted_at_ms IS NULL GROUP BY 1, 2;
