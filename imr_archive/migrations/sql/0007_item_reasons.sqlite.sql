-- Enter changes of reasons in the change log of the facet index.
CREATE TRIGGER imr_archive_itemreason_log_insert AFTER INSERT ON imr_archive_itemreason
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id;
END;

CREATE TRIGGER imr_archive_itemreason_log_update AFTER UPDATE ON imr_archive_itemreason
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id;
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id;
END;

CREATE TRIGGER imr_archive_itemreason_log_delete AFTER DELETE ON imr_archive_itemreason
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id;
END;
