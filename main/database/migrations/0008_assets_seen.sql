ALTER TABLE `derived_assets` ADD `seen_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `ix_derived_assets_seen` ON `derived_assets` (`seen_at_ms`);