CREATE TABLE `alerts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`code` text NOT NULL,
	`level` text NOT NULL,
	`subject` text DEFAULT '' NOT NULL,
	`evidence` text NOT NULL,
	`since_ms` integer NOT NULL,
	`cleared_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ux_alerts_open` ON `alerts` (`code`,`subject`) WHERE cleared_at_ms is null;--> statement-breakpoint
CREATE INDEX `ix_alerts_since` ON `alerts` (`since_ms`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`old_value` text,
	`new_value` text
);
--> statement-breakpoint
CREATE INDEX `ix_audit_log_time` ON `audit_log` (`at_ms`);--> statement-breakpoint
CREATE TABLE `clock_anchors` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`run_id` text,
	`boot_id` text,
	`monotonic_ms` real NOT NULL,
	`wall_ms` real NOT NULL,
	`synced` integer,
	`reason` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ix_clock_anchors_run` ON `clock_anchors` (`run_id`);--> statement-breakpoint
CREATE TABLE `deletions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`recording_id` integer,
	`paths` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`deleted_at_ms` integer NOT NULL,
	`mode` text NOT NULL,
	`reason` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ix_deletions_time` ON `deletions` (`deleted_at_ms`);--> statement-breakpoint
CREATE TABLE `derived_assets` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`recording_id` integer NOT NULL,
	`kind` text NOT NULL,
	`version` integer NOT NULL,
	`path` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`recording_id`) REFERENCES `recordings`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ux_derived_assets_kind` ON `derived_assets` (`recording_id`,`kind`);--> statement-breakpoint
CREATE TABLE `detections` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`recording_id` integer NOT NULL,
	`worker` text NOT NULL,
	`worker_version` text NOT NULL,
	`start_s` real NOT NULL,
	`end_s` real NOT NULL,
	`label` text NOT NULL,
	`confidence` real NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`recording_id`) REFERENCES `recordings`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ix_detections_recording` ON `detections` (`recording_id`);--> statement-breakpoint
CREATE TABLE `devices` (
	`name` text PRIMARY KEY NOT NULL,
	`display_name` text NOT NULL,
	`kind` text NOT NULL,
	`identity_basis` text NOT NULL,
	`ambiguous` integer DEFAULT false NOT NULL,
	`usb_vendor_id` text,
	`usb_product_id` text,
	`usb_serial` text,
	`usb_bus_path` text,
	`alsa_card_index` integer,
	`alsa_card_id` text,
	`alsa_name` text,
	`pcm` text,
	`simulated_source` text,
	`simulated_file` text,
	`presence` text NOT NULL,
	`flaps` integer DEFAULT 0 NOT NULL,
	`enrollment` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`profile_slug` text,
	`match_reason` text NOT NULL,
	`workspace` text NOT NULL,
	`removed_at_ms` integer,
	`first_seen_at_ms` integer NOT NULL,
	`last_seen_at_ms` integer NOT NULL,
	FOREIGN KEY (`profile_slug`) REFERENCES `microphone_profiles`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ux_devices_workspace` ON `devices` (`workspace`);--> statement-breakpoint
CREATE INDEX `ix_devices_profile` ON `devices` (`profile_slug`);--> statement-breakpoint
CREATE TABLE `gaps` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`device` text NOT NULL,
	`from_ms` integer NOT NULL,
	`to_ms` integer,
	`reason` text NOT NULL,
	`detail` text DEFAULT '' NOT NULL,
	FOREIGN KEY (`device`) REFERENCES `devices`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ix_gaps_device_time` ON `gaps` (`device`,`from_ms`);--> statement-breakpoint
CREATE TABLE `managed_services` (
	`name` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`details` text NOT NULL,
	`counters` text NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `microphone_profiles` (
	`slug` text PRIMARY KEY NOT NULL,
	`definition` text NOT NULL,
	`origin` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `recording_remotes` (
	`recording_id` integer NOT NULL,
	`remote_slug` text NOT NULL,
	`path` text NOT NULL,
	`remote_id` text,
	`hash` text,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer NOT NULL,
	`error_code` text,
	`verified_at_ms` integer,
	PRIMARY KEY(`recording_id`, `remote_slug`),
	FOREIGN KEY (`recording_id`) REFERENCES `recordings`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`remote_slug`) REFERENCES `storage_remotes`(`slug`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ix_recording_remotes_pending` ON `recording_remotes` (`remote_slug`,`next_attempt_at_ms`) WHERE state in ('queued', 'failed');--> statement-breakpoint
CREATE TABLE `recording_tags` (
	`recording_id` integer NOT NULL,
	`tag_id` integer NOT NULL,
	PRIMARY KEY(`recording_id`, `tag_id`),
	FOREIGN KEY (`recording_id`) REFERENCES `recordings`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tag_id`) REFERENCES `tags`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ix_recording_tags_tag` ON `recording_tags` (`tag_id`);--> statement-breakpoint
CREATE TABLE `recordings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`device` text NOT NULL,
	`time_ms` integer NOT NULL,
	`duration_s` real NOT NULL,
	`run_id` text,
	`sequence` integer,
	`first_frame` integer,
	`raw_path` text,
	`raw_size_bytes` integer,
	`raw_sample_rate_hz` integer,
	`raw_channels` integer,
	`raw_bits_per_sample` integer,
	`raw_frames` integer,
	`raw_sha256` text,
	`processed_path` text,
	`processed_size_bytes` integer,
	`processed_sample_rate_hz` integer,
	`processed_channels` integer,
	`processed_bits_per_sample` integer,
	`processed_frames` integer,
	`processed_sha256` text,
	`simulated` integer DEFAULT false NOT NULL,
	`recovered` integer DEFAULT false NOT NULL,
	`clock_unsynced` integer DEFAULT false NOT NULL,
	`protected` integer DEFAULT false NOT NULL,
	`uploaded` integer DEFAULT false NOT NULL,
	`uploaded_at_ms` integer,
	`local_deleted` integer DEFAULT false NOT NULL,
	`local_deleted_at_ms` integer,
	`local_deleted_reason` text,
	`analysis_state` text DEFAULT '{}' NOT NULL,
	`source` text DEFAULT 'recorder' NOT NULL,
	`original_name` text,
	`title` text,
	`description` text,
	`notes` text,
	`indexed_at_ms` integer NOT NULL,
	FOREIGN KEY (`device`) REFERENCES `devices`(`name`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "recordings_has_a_file" CHECK(raw_path is not null or processed_path is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ux_recordings_raw_path` ON `recordings` (`raw_path`);--> statement-breakpoint
CREATE UNIQUE INDEX `ux_recordings_processed_path` ON `recordings` (`processed_path`);--> statement-breakpoint
CREATE UNIQUE INDEX `ux_recordings_run_sequence` ON `recordings` (`device`,`run_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `ix_recordings_time` ON `recordings` (`time_ms`,`id`);--> statement-breakpoint
CREATE INDEX `ix_recordings_device_time` ON `recordings` (`device`,`time_ms`,`id`);--> statement-breakpoint
CREATE INDEX `ix_recordings_analysis_pending` ON `recordings` (`time_ms`) WHERE local_deleted = 0;--> statement-breakpoint
CREATE INDEX `ix_recordings_upload_pending` ON `recordings` (`time_ms`) WHERE uploaded = 0 and local_deleted = 0;--> statement-breakpoint
CREATE INDEX `ix_recordings_hash_pending` ON `recordings` (`id`) WHERE local_deleted = 0 and ((raw_path is not null and raw_sha256 is null) or (processed_path is not null and processed_sha256 is null));--> statement-breakpoint
CREATE TABLE `storage_remotes` (
	`slug` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`options` text NOT NULL,
	`base_path` text DEFAULT 'silvasonic' NOT NULL,
	`active` integer DEFAULT true NOT NULL,
	`bandwidth_limit` text,
	`window_start_hour` integer,
	`window_end_hour` integer,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `system_config` (
	`section` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tags` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tags_name_unique` ON `tags` (`name`);--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`recording_id` integer NOT NULL,
	`remote_slug` text NOT NULL,
	`remote_path` text NOT NULL,
	`attempt_at_ms` integer NOT NULL,
	`size_bytes` integer,
	`duration_ms` integer,
	`success` integer NOT NULL,
	`code` text,
	`message` text
);
--> statement-breakpoint
CREATE INDEX `ix_uploads_attempt_at` ON `uploads` (`attempt_at_ms`);--> statement-breakpoint
CREATE INDEX `ix_uploads_recording` ON `uploads` (`recording_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`password_hash` text,
	`failed_attempts` integer DEFAULT 0 NOT NULL,
	`locked_until_ms` integer,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_name_unique` ON `users` (`name`);