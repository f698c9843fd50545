-- Login events and the actions of the staff are append-only.
CREATE TRIGGER imr_archive_loginevent_no_update BEFORE UPDATE ON imr_archive_loginevent
BEGIN
    SELECT RAISE(ABORT, 'Login events are append-only: a stored one cannot be changed.');
END;
CREATE TRIGGER imr_archive_loginevent_no_delete BEFORE DELETE ON imr_archive_loginevent
BEGIN
    SELECT RAISE(ABORT, 'Login events are append-only: a stored one cannot be deleted.');
END;
CREATE TRIGGER django_admin_log_no_update BEFORE UPDATE ON django_admin_log
BEGIN
    SELECT RAISE(ABORT, 'Staff actions are append-only: a stored one cannot be changed.');
END;
CREATE TRIGGER django_admin_log_no_delete BEFORE DELETE ON django_admin_log
BEGIN
    SELECT RAISE(ABORT, 'Staff actions are append-only: a stored one cannot be deleted.');
END;
