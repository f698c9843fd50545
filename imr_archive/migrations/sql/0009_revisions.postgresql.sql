-- Revisions are append-only. The one update that is let through erases what was before, and what differs if wanted.
CREATE FUNCTION imr_archive_revision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Revisions are append-only: a stored one cannot be changed or deleted.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER imr_archive_revision_no_update BEFORE UPDATE ON imr_archive_revision FOR EACH ROW
WHEN (NOT (
    NEW.before IS NULL AND (NEW.changes = '[]'::jsonb OR NEW.changes = OLD.changes) AND NEW.is_erased
    AND (NEW.id, NEW.determination_id, NEW.reference, NEW.letter_id, NEW.run_id, NEW.kind, NEW.made_by, NEW.made_at,
         NEW.reason, NEW.undoes_id, NEW.after_sha256)
    IS NOT DISTINCT FROM
        (OLD.id, OLD.determination_id, OLD.reference, OLD.letter_id, OLD.run_id, OLD.kind, OLD.made_by, OLD.made_at,
         OLD.reason, OLD.undoes_id, OLD.after_sha256)
))
EXECUTE FUNCTION imr_archive_revision_refuse();
CREATE TRIGGER imr_archive_revision_no_delete BEFORE DELETE ON imr_archive_revision FOR EACH ROW
EXECUTE FUNCTION imr_archive_revision_refuse();
