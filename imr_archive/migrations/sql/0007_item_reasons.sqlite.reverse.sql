-- Reverse of 0007_item_reasons.sqlite.sql.
DROP TRIGGER imr_archive_itemreason_log_insert;
DROP TRIGGER imr_archive_itemreason_log_update;
DROP TRIGGER imr_archive_itemreason_log_delete;
