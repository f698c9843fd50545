-- Reverse of 0007_item_reasons.postgresql.sql.
DROP TRIGGER imr_archive_itemreason_log_insert ON imr_archive_itemreason;
DROP TRIGGER imr_archive_itemreason_log_update ON imr_archive_itemreason;
DROP TRIGGER imr_archive_itemreason_log_delete ON imr_archive_itemreason;
DROP FUNCTION imr_archive_itemreason_log_insert();
DROP FUNCTION imr_archive_itemreason_log_update();
DROP FUNCTION imr_archive_itemreason_log_delete();
