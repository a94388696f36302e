CREATE TABLE `analysis_cursors` (
	`worker` text PRIMARY KEY NOT NULL,
	`version` text NOT NULL,
	`through_id` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `analysis_jobs` (
	`worker` text NOT NULL,
	`recording_id` integer NOT NULL,
	`time_ms` integer NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer DEFAULT 0 NOT NULL,
	`claimed_by` text,
	`claimed_until_ms` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`worker`, `recording_id`),
	FOREIGN KEY (`recording_id`) REFERENCES `recordings`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ix_analysis_jobs_next` ON `analysis_jobs` (`worker`,"priority" desc,`time_ms`);--> statement-breakpoint
CREATE INDEX `ix_analysis_jobs_recording` ON `analysis_jobs` (`recording_id`);--> statement-breakpoint
CREATE TABLE `import_items` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`import_id` integer NOT NULL,
	`path` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`modified_at_ms` integer NOT NULL,
	`state` text NOT NULL,
	`recording_id` integer,
	`detail` text DEFAULT '' NOT NULL,
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ux_import_items_path` ON `import_items` (`import_id`,`path`);--> statement-breakpoint
CREATE INDEX `ix_import_items_state` ON `import_items` (`import_id`,`state`,`id`);--> statement-breakpoint
CREATE TABLE `imports` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`sources` text NOT NULL,
	`options` text NOT NULL,
	`state` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`finished_at_ms` integer,
	`problem` text
);
--> statement-breakpoint
CREATE TABLE `recording_quarters` (
	`device` text NOT NULL,
	`quarter_ms` integer NOT NULL,
	`recordings` integer NOT NULL,
	`duration_s` real NOT NULL,
	PRIMARY KEY(`device`, `quarter_ms`)
);
--> statement-breakpoint
CREATE INDEX `ix_recording_quarters_time` ON `recording_quarters` (`quarter_ms`);--> statement-breakpoint
ALTER TABLE `recordings` ADD `import_id` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `time_source` text;--> statement-breakpoint
ALTER TABLE `recordings` ADD `audio_sha256` text;--> statement-breakpoint
ALTER TABLE `recordings` ADD `deleted_at_ms` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `verified_at_ms` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `integrity` text;--> statement-breakpoint
CREATE INDEX `ix_recordings_deleted` ON `recordings` (`deleted_at_ms`,`id`) WHERE deleted_at_ms is not null;--> statement-breakpoint
CREATE INDEX `ix_recordings_hash` ON `recordings` (substr(raw_sha256, 1, 16));--> statement-breakpoint
CREATE INDEX `ix_recordings_audio_hash` ON `recordings` (`audio_sha256`) WHERE audio_sha256 is not null;--> statement-breakpoint
CREATE INDEX `ix_recordings_verified` ON `recordings` (`verified_at_ms`,`id`) WHERE local_deleted = 0;