CREATE TABLE `remote_totals` (
	`remote_slug` text NOT NULL,
	`state` text NOT NULL,
	`copies` integer NOT NULL,
	PRIMARY KEY(`remote_slug`, `state`)
);
--> statement-breakpoint
DROP INDEX `ix_recording_remotes_pending`;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `time_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `size_bytes` integer;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `sha256` text;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `source_sha256` text;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `hash_kind` text;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `queued_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `uploaded_at_ms` integer;--> statement-breakpoint
ALTER TABLE `recording_remotes` ADD `verified_by` text;--> statement-breakpoint
CREATE INDEX `ix_recording_remotes_given_up` ON `recording_remotes` (`remote_slug`,`recording_id`) WHERE state = 'given_up';--> statement-breakpoint
CREATE INDEX `ix_recording_remotes_uploading` ON `recording_remotes` (`remote_slug`) WHERE state = 'uploading';--> statement-breakpoint
CREATE UNIQUE INDEX `ux_recording_remotes_path` ON `recording_remotes` (`remote_slug`,`path`);--> statement-breakpoint
CREATE INDEX `ix_recording_remotes_pending` ON `recording_remotes` (`remote_slug`,`time_ms`,`recording_id`,`state`,`next_attempt_at_ms`) WHERE state in ('queued', 'uploaded', 'failed');--> statement-breakpoint
ALTER TABLE `deletions` ADD `safe` integer;--> statement-breakpoint
ALTER TABLE `deletions` ADD `explanation` text;--> statement-breakpoint
CREATE INDEX `ix_deletions_recording` ON `deletions` (`recording_id`);--> statement-breakpoint
ALTER TABLE `recordings` ADD `fetched_back_at_ms` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `fetched_from` text;--> statement-breakpoint
ALTER TABLE `recordings` ADD `fetched_matches` integer;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `secret_names` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `seeded` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `stopped_for` text;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `stopped_at_ms` integer;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `stopped_detail` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `removed_at_ms` integer;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `capabilities` text;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `through_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `storage_remotes` ADD `from_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `ix_uploads_remote` ON `uploads` (`remote_slug`,`attempt_at_ms`);--> statement-breakpoint
CREATE INDEX `ix_uploads_outcome` ON `uploads` (`remote_slug`,`success`,`attempt_at_ms`);--> statement-breakpoint
CREATE INDEX `ix_uploads_failed` ON `uploads` (`attempt_at_ms`) WHERE success = 0;
--> statement-breakpoint
-- How many copies each remote has in which state, kept up with every change of one of them.
CREATE TRIGGER remote_totals_insert AFTER INSERT ON recording_remotes
BEGIN
  INSERT INTO remote_totals (remote_slug, state, copies) VALUES (new.remote_slug, new.state, 1)
  ON CONFLICT (remote_slug, state) DO UPDATE SET copies = copies + 1;
END;
--> statement-breakpoint
CREATE TRIGGER remote_totals_update AFTER UPDATE OF remote_slug, state ON recording_remotes
WHEN new.state <> old.state OR new.remote_slug <> old.remote_slug
BEGIN
  UPDATE remote_totals SET copies = copies - 1 WHERE remote_slug = old.remote_slug AND state = old.state;
  INSERT INTO remote_totals (remote_slug, state, copies) VALUES (new.remote_slug, new.state, 1)
  ON CONFLICT (remote_slug, state) DO UPDATE SET copies = copies + 1;
END;
--> statement-breakpoint
CREATE TRIGGER remote_totals_delete AFTER DELETE ON recording_remotes
BEGIN
  UPDATE remote_totals SET copies = copies - 1 WHERE remote_slug = old.remote_slug AND state = old.state;
END;
--> statement-breakpoint
INSERT INTO remote_totals (remote_slug, state, copies) SELECT remote_slug, state, count(*) FROM recording_remotes GROUP BY remote_slug, state;
