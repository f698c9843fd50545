-- Django gives each unique text column on PostgreSQL a second index for LIKE. Hashes are never searched by prefix.
DROP INDEX imr_archive_determination_text_sha256_a61b5822_like;
DROP INDEX imr_archive_reviewer_fingerprint_44725c3a_like;
DROP INDEX imr_archive_sourceletter_sha256_646720cf_like;
