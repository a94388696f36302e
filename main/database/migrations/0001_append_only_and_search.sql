-- What must never be rewritten.
CREATE TRIGGER uploads_no_update BEFORE UPDATE ON uploads BEGIN SELECT RAISE(ABORT, 'uploads is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER uploads_no_delete BEFORE DELETE ON uploads BEGIN SELECT RAISE(ABORT, 'uploads is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER deletions_no_update BEFORE UPDATE ON deletions BEGIN SELECT RAISE(ABORT, 'deletions is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER deletions_no_delete BEFORE DELETE ON deletions BEGIN SELECT RAISE(ABORT, 'deletions is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
--> statement-breakpoint
-- Full text over what people write. Rows without any text, which is nearly all of them, cost nothing:
-- they are not in the index, so the triggers pass them by.
CREATE VIRTUAL TABLE recordings_fts USING fts5(
  title, description, notes, original_name,
  content = 'recordings', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER recordings_fts_insert AFTER INSERT ON recordings
WHEN coalesce(new.title, new.description, new.notes, new.original_name) IS NOT NULL
BEGIN
  INSERT INTO recordings_fts (rowid, title, description, notes, original_name)
  VALUES (new.id, new.title, new.description, new.notes, new.original_name);
END;
--> statement-breakpoint
-- One trigger for both halves of a change: SQLite promises no order between two triggers of one event.
CREATE TRIGGER recordings_fts_update AFTER UPDATE OF title, description, notes, original_name ON recordings
BEGIN
  INSERT INTO recordings_fts (recordings_fts, rowid, title, description, notes, original_name)
  SELECT 'delete', old.id, old.title, old.description, old.notes, old.original_name
  WHERE coalesce(old.title, old.description, old.notes, old.original_name) IS NOT NULL;
  INSERT INTO recordings_fts (rowid, title, description, notes, original_name)
  SELECT new.id, new.title, new.description, new.notes, new.original_name
  WHERE coalesce(new.title, new.description, new.notes, new.original_name) IS NOT NULL;
END;
--> statement-breakpoint
CREATE TRIGGER recordings_fts_delete AFTER DELETE ON recordings
WHEN coalesce(old.title, old.description, old.notes, old.original_name) IS NOT NULL
BEGIN
  INSERT INTO recordings_fts (recordings_fts, rowid, title, description, notes, original_name)
  VALUES ('delete', old.id, old.title, old.description, old.notes, old.original_name);
END;
