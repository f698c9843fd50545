-- Reverse of 0011_hash_indexes.postgresql.sql.
CREATE INDEX imr_archive_droppedfile_sha256_40c1ba24_like ON imr_archive_droppedfile (sha256 varchar_pattern_ops);
CREATE INDEX imr_archive_withdrawnhash_sha256_28d5882f_like ON imr_archive_withdrawnhash (sha256 varchar_pattern_ops);
