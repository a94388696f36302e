CREATE TABLE `recording_blocks` (
	`block` integer PRIMARY KEY NOT NULL,
	`oldest_ms` integer NOT NULL,
	`newest_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ix_recording_blocks_newest` ON `recording_blocks` (`newest_ms`,`oldest_ms`);--> statement-breakpoint
CREATE INDEX `ix_recording_blocks_oldest` ON `recording_blocks` (`oldest_ms`,`newest_ms`);--> statement-breakpoint
CREATE INDEX `ix_import_items_recording` ON `import_items` (`recording_id`) WHERE recording_id is not null;--> statement-breakpoint
CREATE TRIGGER recording_blocks_insert AFTER INSERT ON recordings
BEGIN
  INSERT INTO recording_blocks (block, oldest_ms, newest_ms) VALUES (new.id >> 8, new.time_ms, new.time_ms)
  ON CONFLICT (block) DO UPDATE SET oldest_ms = min(oldest_ms, excluded.oldest_ms), newest_ms = max(newest_ms, excluded.newest_ms)
  WHERE excluded.oldest_ms < oldest_ms OR excluded.newest_ms > newest_ms;
END;
--> statement-breakpoint
-- Only ever wider: what leaves a block is not looked for in it.
CREATE TRIGGER recording_blocks_update AFTER UPDATE OF id, time_ms ON recordings
WHEN new.time_ms IS NOT old.time_ms OR new.id IS NOT old.id
BEGIN
  INSERT INTO recording_blocks (block, oldest_ms, newest_ms) VALUES (new.id >> 8, new.time_ms, new.time_ms)
  ON CONFLICT (block) DO UPDATE SET oldest_ms = min(oldest_ms, excluded.oldest_ms), newest_ms = max(newest_ms, excluded.newest_ms)
  WHERE excluded.oldest_ms < oldest_ms OR excluded.newest_ms > newest_ms;
END;
--> statement-breakpoint
INSERT INTO recording_blocks (block, oldest_ms, newest_ms)
SELECT id >> 8, min(time_ms), max(time_ms) FROM recordings INDEXED BY ix_recordings_place GROUP BY 1;
--> statement-breakpoint
-- The full text anew, of the rows that it knew: with the beginnings of words, which the last word of every search is,
-- and so that a word that is taken out leaves nothing behind in the index.
CREATE TABLE recordings_worded AS SELECT id FROM recordings_fts_docsize;
--> statement-breakpoint
DROP TABLE recordings_fts;
--> statement-breakpoint
CREATE VIRTUAL TABLE recordings_fts USING fts5(
  title, description, notes, original_name,
  content = 'recordings', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5'
);
--> statement-breakpoint
INSERT INTO recordings_fts (recordings_fts, rank) VALUES ('secure-delete', 1);
--> statement-breakpoint
INSERT INTO recordings_fts (rowid, title, description, notes, original_name)
SELECT r.id, r.title, r.description, r.notes, r.original_name
FROM recordings_worded w CROSS JOIN recordings r ON r.id = w.id;
--> statement-breakpoint
DROP TABLE recordings_worded;
