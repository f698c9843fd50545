-- Full-text indexes (FTS5 over the text tables' own columns) and the change log of the facet index.

-- A row in this table disables the triggers of inserted letters while a batch is written.
CREATE TABLE imr_archive_bulkindexing (active INTEGER NOT NULL);

-- imr_archive_disputeditemtext
CREATE VIRTUAL TABLE imr_archive_itemsearch USING fts5(
  description, original_request, authorized, rationale, ca_guideline, reviewer_guideline,
  content='imr_archive_disputeditemtext', content_rowid='item_id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER imr_archive_itemsearch_insert AFTER INSERT ON imr_archive_disputeditemtext
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  INSERT INTO imr_archive_itemsearch (rowid, description, original_request, authorized, rationale, ca_guideline,
      reviewer_guideline)
    VALUES (new.item_id, new.description, new.original_request, new.authorized, new.rationale, new.ca_guideline,
        new.reviewer_guideline);
END;
CREATE TRIGGER imr_archive_itemsearch_update AFTER UPDATE ON imr_archive_disputeditemtext
BEGIN
  INSERT INTO imr_archive_itemsearch (imr_archive_itemsearch, rowid, description, original_request, authorized,
      rationale, ca_guideline, reviewer_guideline)
    VALUES ('delete', old.item_id, old.description, old.original_request, old.authorized, old.rationale,
        old.ca_guideline, old.reviewer_guideline);
  INSERT INTO imr_archive_itemsearch (rowid, description, original_request, authorized, rationale, ca_guideline,
      reviewer_guideline)
    VALUES (new.item_id, new.description, new.original_request, new.authorized, new.rationale, new.ca_guideline,
        new.reviewer_guideline);
END;
CREATE TRIGGER imr_archive_itemsearch_delete AFTER DELETE ON imr_archive_disputeditemtext
BEGIN
  INSERT INTO imr_archive_itemsearch (imr_archive_itemsearch, rowid, description, original_request, authorized,
      rationale, ca_guideline, reviewer_guideline)
    VALUES ('delete', old.item_id, old.description, old.original_request, old.authorized, old.rationale,
        old.ca_guideline, old.reviewer_guideline);
END;
INSERT INTO imr_archive_itemsearch (imr_archive_itemsearch) VALUES ('rebuild');

-- imr_archive_determinationtext
CREATE VIRTUAL TABLE imr_archive_summarysearch USING fts5(
  clinical_summary,
  content='imr_archive_determinationtext', content_rowid='determination_id',
      tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER imr_archive_summarysearch_insert AFTER INSERT ON imr_archive_determinationtext
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  INSERT INTO imr_archive_summarysearch (rowid, clinical_summary)
    VALUES (new.determination_id, new.clinical_summary);
END;
CREATE TRIGGER imr_archive_summarysearch_update AFTER UPDATE ON imr_archive_determinationtext
BEGIN
  INSERT INTO imr_archive_summarysearch (imr_archive_summarysearch, rowid, clinical_summary)
    VALUES ('delete', old.determination_id, old.clinical_summary);
  INSERT INTO imr_archive_summarysearch (rowid, clinical_summary)
    VALUES (new.determination_id, new.clinical_summary);
END;
CREATE TRIGGER imr_archive_summarysearch_delete AFTER DELETE ON imr_archive_determinationtext
BEGIN
  INSERT INTO imr_archive_summarysearch (imr_archive_summarysearch, rowid, clinical_summary)
    VALUES ('delete', old.determination_id, old.clinical_summary);
END;
INSERT INTO imr_archive_summarysearch (imr_archive_summarysearch) VALUES ('rebuild');

-- imr_archive_guidelinecitation
CREATE VIRTUAL TABLE imr_archive_citationsearch USING fts5(
  title, section,
  content='imr_archive_guidelinecitation', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER imr_archive_citationsearch_insert AFTER INSERT ON imr_archive_guidelinecitation
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  INSERT INTO imr_archive_citationsearch (rowid, title, section)
    VALUES (new.id, new.title, new.section);
END;
CREATE TRIGGER imr_archive_citationsearch_update AFTER UPDATE ON imr_archive_guidelinecitation
BEGIN
  INSERT INTO imr_archive_citationsearch (imr_archive_citationsearch, rowid, title, section)
    VALUES ('delete', old.id, old.title, old.section);
  INSERT INTO imr_archive_citationsearch (rowid, title, section)
    VALUES (new.id, new.title, new.section);
END;
CREATE TRIGGER imr_archive_citationsearch_delete AFTER DELETE ON imr_archive_guidelinecitation
BEGIN
  INSERT INTO imr_archive_citationsearch (imr_archive_citationsearch, rowid, title, section)
    VALUES ('delete', old.id, old.title, old.section);
END;
INSERT INTO imr_archive_citationsearch (imr_archive_citationsearch) VALUES ('rebuild');

-- imr_archive_guideline
CREATE VIRTUAL TABLE imr_archive_guidelinesearch USING fts5(
  title, label,
  content='imr_archive_guideline', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER imr_archive_guidelinesearch_insert AFTER INSERT ON imr_archive_guideline
BEGIN
  INSERT INTO imr_archive_guidelinesearch (rowid, title, label)
    VALUES (new.id, new.title, new.label);
END;
CREATE TRIGGER imr_archive_guidelinesearch_update AFTER UPDATE ON imr_archive_guideline
BEGIN
  INSERT INTO imr_archive_guidelinesearch (imr_archive_guidelinesearch, rowid, title, label)
    VALUES ('delete', old.id, old.title, old.label);
  INSERT INTO imr_archive_guidelinesearch (rowid, title, label)
    VALUES (new.id, new.title, new.label);
END;
CREATE TRIGGER imr_archive_guidelinesearch_delete AFTER DELETE ON imr_archive_guideline
BEGIN
  INSERT INTO imr_archive_guidelinesearch (imr_archive_guidelinesearch, rowid, title, label)
    VALUES ('delete', old.id, old.title, old.label);
END;
INSERT INTO imr_archive_guidelinesearch (imr_archive_guidelinesearch) VALUES ('rebuild');

-- The change log: each determination stands in it once, under the number of its last change.
-- 0 stands for the names of treatments, guidelines and body parts.
-- DELETE and INSERT instead of INSERT OR REPLACE, which the OR IGNORE of a statement would override.

CREATE TRIGGER imr_archive_determination_log_insert AFTER INSERT ON imr_archive_determination
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT new.id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT new.id;
END;

CREATE TRIGGER imr_archive_determination_log_update AFTER UPDATE ON imr_archive_determination
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT old.id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT old.id;
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT new.id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT new.id;
END;

CREATE TRIGGER imr_archive_determination_log_delete AFTER DELETE ON imr_archive_determination
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT old.id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT old.id;
END;

CREATE TRIGGER imr_archive_disputeditem_log_insert AFTER INSERT ON imr_archive_disputeditem
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT new.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT new.determination_id;
END;

CREATE TRIGGER imr_archive_disputeditem_log_update AFTER UPDATE ON imr_archive_disputeditem
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT old.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT old.determination_id;
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT new.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT new.determination_id;
END;

CREATE TRIGGER imr_archive_disputeditem_log_delete AFTER DELETE ON imr_archive_disputeditem
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT old.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT old.determination_id;
END;

CREATE TRIGGER imr_archive_determinationtext_log_insert AFTER INSERT ON imr_archive_determinationtext
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT new.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT new.determination_id;
END;

CREATE TRIGGER imr_archive_determinationtext_log_update AFTER UPDATE ON imr_archive_determinationtext
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT old.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT old.determination_id;
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT new.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT new.determination_id;
END;

CREATE TRIGGER imr_archive_determinationtext_log_delete AFTER DELETE ON imr_archive_determinationtext
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT old.determination_id);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT old.determination_id;
END;

CREATE TRIGGER imr_archive_disputeditemtext_log_insert AFTER INSERT ON imr_archive_disputeditemtext
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id;
END;

CREATE TRIGGER imr_archive_disputeditemtext_log_update AFTER UPDATE ON imr_archive_disputeditemtext
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

CREATE TRIGGER imr_archive_disputeditemtext_log_delete AFTER DELETE ON imr_archive_disputeditemtext
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id;
END;

CREATE TRIGGER imr_archive_itemtreatment_log_insert AFTER INSERT ON imr_archive_itemtreatment
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id;
END;

CREATE TRIGGER imr_archive_itemtreatment_log_update AFTER UPDATE ON imr_archive_itemtreatment
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

CREATE TRIGGER imr_archive_itemtreatment_log_delete AFTER DELETE ON imr_archive_itemtreatment
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id;
END;

CREATE TRIGGER imr_archive_itembodypart_log_insert AFTER INSERT ON imr_archive_itembodypart
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id;
END;

CREATE TRIGGER imr_archive_itembodypart_log_update AFTER UPDATE ON imr_archive_itembodypart
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

CREATE TRIGGER imr_archive_itembodypart_log_delete AFTER DELETE ON imr_archive_itembodypart
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id;
END;

CREATE TRIGGER imr_archive_guidelinecitation_log_insert AFTER INSERT ON imr_archive_guidelinecitation
WHEN NOT EXISTS (SELECT 1 FROM imr_archive_bulkindexing)
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = new.item_id;
END;

CREATE TRIGGER imr_archive_guidelinecitation_log_update AFTER UPDATE ON imr_archive_guidelinecitation
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

CREATE TRIGGER imr_archive_guidelinecitation_log_delete AFTER DELETE ON imr_archive_guidelinecitation
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.determination_id FROM imr_archive_disputeditem AS linked WHERE linked.id = old.item_id;
END;

CREATE TRIGGER imr_archive_reviewerspecialty_log_insert AFTER INSERT ON imr_archive_reviewerspecialty
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id;
END;

CREATE TRIGGER imr_archive_reviewerspecialty_log_update AFTER UPDATE ON imr_archive_reviewerspecialty
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id;
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id;
END;

CREATE TRIGGER imr_archive_reviewerspecialty_log_delete AFTER DELETE ON imr_archive_reviewerspecialty
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id;
END;

CREATE TRIGGER imr_archive_reviewerlicence_log_insert AFTER INSERT ON imr_archive_reviewerlicence
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id;
END;

CREATE TRIGGER imr_archive_reviewerlicence_log_update AFTER UPDATE ON imr_archive_reviewerlicence
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id;
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = new.reviewer_id;
END;

CREATE TRIGGER imr_archive_reviewerlicence_log_delete AFTER DELETE ON imr_archive_reviewerlicence
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id
  );
  INSERT INTO imr_archive_indexchange (determination)
    SELECT linked.id FROM imr_archive_determination AS linked WHERE linked.reviewer_id = old.reviewer_id;
END;

CREATE TRIGGER imr_archive_treatment_log_insert AFTER INSERT ON imr_archive_treatment
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_treatment_log_update AFTER UPDATE ON imr_archive_treatment
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_treatment_log_delete AFTER DELETE ON imr_archive_treatment
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_guideline_log_insert AFTER INSERT ON imr_archive_guideline
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_guideline_log_update AFTER UPDATE ON imr_archive_guideline
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_guideline_log_delete AFTER DELETE ON imr_archive_guideline
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_bodypart_log_insert AFTER INSERT ON imr_archive_bodypart
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_bodypart_log_update AFTER UPDATE ON imr_archive_bodypart
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

CREATE TRIGGER imr_archive_bodypart_log_delete AFTER DELETE ON imr_archive_bodypart
BEGIN
  DELETE FROM imr_archive_indexchange WHERE determination IN (SELECT 0);
  INSERT INTO imr_archive_indexchange (determination)
    SELECT 0;
END;

INSERT INTO imr_archive_indexchange (determination) SELECT id FROM imr_archive_determination ORDER BY id;
