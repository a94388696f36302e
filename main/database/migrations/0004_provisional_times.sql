ALTER TABLE `duties` ADD `provisional_boot` text;--> statement-breakpoint
CREATE INDEX `ix_duties_provisional` ON `duties` (`provisional_boot`) WHERE provisional_boot is not null;--> statement-breakpoint
ALTER TABLE `gaps` ADD `provisional_boot` text;--> statement-breakpoint
CREATE INDEX `ix_gaps_provisional` ON `gaps` (`provisional_boot`) WHERE provisional_boot is not null;