DELETE FROM imr_archive_facetindexpart;
DELETE FROM imr_archive_facetindex;
DELETE FROM imr_archive_indexchange;
INSERT INTO imr_archive_indexchange (determination) SELECT id FROM imr_archive_determination ORDER BY id;
