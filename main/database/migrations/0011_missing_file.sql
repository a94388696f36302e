ALTER TABLE `recordings` ADD `missing_file` text;--> statement-breakpoint
CREATE INDEX `ix_recordings_original` ON `recordings` (`raw_size_bytes`,`original_name`) WHERE source = 'import';