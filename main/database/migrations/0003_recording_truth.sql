CREATE TABLE `duties` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`device` text NOT NULL,
	`from_ms` integer NOT NULL,
	`to_ms` integer,
	`seen_ms` integer NOT NULL,
	`desired` integer NOT NULL,
	`reason` text NOT NULL,
	FOREIGN KEY (`device`) REFERENCES `devices`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ix_duties_device_time` ON `duties` (`device`,`from_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `ux_duties_open` ON `duties` (`device`) WHERE to_ms is null;--> statement-breakpoint
ALTER TABLE `clock_anchors` ADD `step_ms` real;--> statement-breakpoint
ALTER TABLE `devices` ADD `schedule` text DEFAULT '{"kind":"always"}' NOT NULL;--> statement-breakpoint
ALTER TABLE `devices` ADD `paused_until_ms` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `retimed_at_ms` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `original_time_ms` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `signal` text;