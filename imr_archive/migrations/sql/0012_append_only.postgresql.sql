-- Login events and the actions of the staff are append-only.
CREATE FUNCTION imr_archive_append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The table % is append-only: a stored row cannot be changed or deleted.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER imr_archive_loginevent_no_update BEFORE UPDATE ON imr_archive_loginevent FOR EACH ROW
EXECUTE FUNCTION imr_archive_append_only_refuse();
CREATE TRIGGER imr_archive_loginevent_no_delete BEFORE DELETE ON imr_archive_loginevent FOR EACH ROW
EXECUTE FUNCTION imr_archive_append_only_refuse();
CREATE TRIGGER django_admin_log_no_update BEFORE UPDATE ON django_admin_log FOR EACH ROW
EXECUTE FUNCTION imr_archive_append_only_refuse();
CREATE TRIGGER django_admin_log_no_delete BEFORE DELETE ON django_admin_log FOR EACH ROW
EXECUTE FUNCTION imr_archive_append_only_refuse();
