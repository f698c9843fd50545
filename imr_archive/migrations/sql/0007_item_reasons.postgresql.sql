-- Enter changes of reasons in the change log of the facet index.
CREATE FUNCTION imr_archive_itemreason_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('imr_archive.bulk_indexing', true) = 'on' THEN RETURN NULL; END IF;
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT linked.determination_id FROM changed JOIN imr_archive_disputeditem AS linked ON linked.id = changed.item_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_itemreason_log_insert AFTER INSERT ON imr_archive_itemreason
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemreason_log_insert();

CREATE FUNCTION imr_archive_itemreason_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT linked.determination_id FROM changed JOIN imr_archive_disputeditem AS linked ON linked.id = changed.item_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_itemreason_log_update AFTER UPDATE ON imr_archive_itemreason
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemreason_log_update();

CREATE FUNCTION imr_archive_itemreason_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT linked.determination_id FROM changed JOIN imr_archive_disputeditem AS linked ON linked.id = changed.item_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_itemreason_log_delete AFTER DELETE ON imr_archive_itemreason
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemreason_log_delete();
