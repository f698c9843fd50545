-- Revisions are append-only. The one update that is let through erases what was before, and what differs if wanted.
CREATE TRIGGER imr_archive_revision_no_update BEFORE UPDATE ON imr_archive_revision
WHEN NOT (
    NEW.before IS NULL AND (NEW.changes = '[]' OR NEW.changes = OLD.changes) AND NEW.is_erased
    AND NEW.id IS OLD.id AND NEW.determination_id IS OLD.determination_id AND NEW.reference IS OLD.reference
    AND NEW.letter_id IS OLD.letter_id AND NEW.run_id IS OLD.run_id AND NEW.kind IS OLD.kind
    AND NEW.made_by IS OLD.made_by AND NEW.made_at IS OLD.made_at AND NEW.reason IS OLD.reason
    AND NEW.undoes_id IS OLD.undoes_id
    AND NEW.after_sha256 IS OLD.after_sha256
)
BEGIN
    SELECT RAISE(ABORT, 'Revisions are append-only: a stored one cannot be changed.');
END;
CREATE TRIGGER imr_archive_revision_no_delete BEFORE DELETE ON imr_archive_revision
BEGIN
    SELECT RAISE(ABORT, 'Revisions are append-only: a stored one cannot be deleted.');
END;
