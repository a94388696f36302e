ALTER TABLE `recordings` ADD `clock_unknown` integer DEFAULT false NOT NULL;--> statement-breakpoint
-- What was recorded before is as unknown as its run was, where that is still known.
UPDATE `recordings` SET `clock_unknown` = 1
WHERE `clock_unsynced` = 0 AND `source` = 'recorder' AND `retimed_at_ms` IS NULL AND `run_id` IN (
  SELECT `run_id` FROM `clock_anchors`
  WHERE `reason` = 'run_start' AND `synced` IS NULL AND `run_id` IS NOT NULL
);
