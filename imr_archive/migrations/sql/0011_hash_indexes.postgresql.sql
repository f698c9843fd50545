-- Django gives each indexed text column on PostgreSQL a second index for LIKE. Hashes are never searched by prefix.
DROP INDEX imr_archive_droppedfile_sha256_40c1ba24_like;
DROP INDEX imr_archive_withdrawnhash_sha256_28d5882f_like;
