-- Text search configuration, full-text indexes (one tsvector a column in a table beside each text table),
-- and the change log of the facet index.

-- Porter's stemmer as SQLite's FTS5 has it. No stop words, so that phrases keep every word; numbers and codes stay
-- as they are.
CREATE TEXT SEARCH DICTIONARY imr_porter (TEMPLATE = snowball, Language = porter);
CREATE TEXT SEARCH CONFIGURATION imr_words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION imr_words ALTER MAPPING FOR asciiword, word, numword WITH imr_porter;

-- Removes accents without the unaccent extension and in any locale. translate() compares each character with each
-- accented letter, which costs as much as all the rest, so it is called only where there is one.
CREATE FUNCTION imr_vector(printed text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('imr_words', regexp_replace(
    lower(CASE WHEN printed ~ '[àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ]'
               THEN translate(printed, 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ',
                              'aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy')
               ELSE printed END),
    '[^[:alnum:]]+', ' ', 'g'))
$$;

-- imr_archive_disputeditemtext
CREATE TABLE imr_archive_itemsearch (
  item_id bigint PRIMARY KEY,
  description tsvector NOT NULL,
  original_request tsvector NOT NULL,
  authorized tsvector NOT NULL,
  rationale tsvector NOT NULL,
  ca_guideline tsvector NOT NULL,
  reviewer_guideline tsvector NOT NULL
);
CREATE INDEX imr_archive_itemsearch_words ON imr_archive_itemsearch USING gin (description, original_request,
    authorized, rationale, ca_guideline, reviewer_guideline);
CREATE FUNCTION imr_archive_itemsearch_upsert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('imr_archive.bulk_indexing', true) = 'on' THEN RETURN NULL; END IF;
  INSERT INTO imr_archive_itemsearch (item_id, description, original_request, authorized, rationale, ca_guideline,
      reviewer_guideline)
    SELECT item_id, imr_vector(description), imr_vector(original_request), imr_vector(authorized),
        imr_vector(rationale), imr_vector(ca_guideline), imr_vector(reviewer_guideline) FROM new_rows
    ON CONFLICT (item_id) DO UPDATE SET description = excluded.description,
        original_request = excluded.original_request, authorized = excluded.authorized, rationale = excluded.rationale,
        ca_guideline = excluded.ca_guideline, reviewer_guideline = excluded.reviewer_guideline;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_itemsearch_insert AFTER INSERT ON imr_archive_disputeditemtext
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemsearch_upsert();
CREATE TRIGGER imr_archive_itemsearch_update AFTER UPDATE ON imr_archive_disputeditemtext
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemsearch_upsert();
CREATE FUNCTION imr_archive_itemsearch_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM imr_archive_itemsearch USING old_rows WHERE imr_archive_itemsearch.item_id = old_rows.item_id;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_itemsearch_delete AFTER DELETE ON imr_archive_disputeditemtext
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemsearch_delete();
CREATE FUNCTION imr_archive_itemsearch_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE imr_archive_itemsearch;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_itemsearch_truncate AFTER TRUNCATE ON imr_archive_disputeditemtext
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemsearch_truncate();
INSERT INTO imr_archive_itemsearch (item_id, description, original_request, authorized, rationale, ca_guideline,
    reviewer_guideline)
  SELECT item_id, imr_vector(description), imr_vector(original_request), imr_vector(authorized), imr_vector(rationale),
      imr_vector(ca_guideline), imr_vector(reviewer_guideline) FROM imr_archive_disputeditemtext;

-- imr_archive_determinationtext
CREATE TABLE imr_archive_summarysearch (
  determination_id bigint PRIMARY KEY,
  clinical_summary tsvector NOT NULL
);
CREATE INDEX imr_archive_summarysearch_words ON imr_archive_summarysearch USING gin (clinical_summary);
CREATE FUNCTION imr_archive_summarysearch_upsert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('imr_archive.bulk_indexing', true) = 'on' THEN RETURN NULL; END IF;
  INSERT INTO imr_archive_summarysearch (determination_id, clinical_summary)
    SELECT determination_id, imr_vector(clinical_summary) FROM new_rows
    ON CONFLICT (determination_id) DO UPDATE SET clinical_summary = excluded.clinical_summary;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_summarysearch_insert AFTER INSERT ON imr_archive_determinationtext
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_summarysearch_upsert();
CREATE TRIGGER imr_archive_summarysearch_update AFTER UPDATE ON imr_archive_determinationtext
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_summarysearch_upsert();
CREATE FUNCTION imr_archive_summarysearch_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM imr_archive_summarysearch USING old_rows WHERE imr_archive_summarysearch.determination_id =
      old_rows.determination_id;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_summarysearch_delete AFTER DELETE ON imr_archive_determinationtext
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_summarysearch_delete();
CREATE FUNCTION imr_archive_summarysearch_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE imr_archive_summarysearch;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_summarysearch_truncate AFTER TRUNCATE ON imr_archive_determinationtext
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_summarysearch_truncate();
INSERT INTO imr_archive_summarysearch (determination_id, clinical_summary)
  SELECT determination_id, imr_vector(clinical_summary) FROM imr_archive_determinationtext;

-- imr_archive_guidelinecitation
CREATE TABLE imr_archive_citationsearch (
  id bigint PRIMARY KEY,
  title tsvector NOT NULL,
  section tsvector NOT NULL
);
CREATE INDEX imr_archive_citationsearch_words ON imr_archive_citationsearch USING gin (title, section);
CREATE FUNCTION imr_archive_citationsearch_upsert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_citationsearch (id, title, section)
    WITH texts AS MATERIALIZED (SELECT title, section, imr_vector(title) AS title_vector,
        imr_vector(section) AS section_vector FROM new_rows GROUP BY title, section)
    SELECT id, title_vector, section_vector FROM new_rows JOIN texts USING (title, section)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, section = excluded.section;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_citationsearch_insert AFTER INSERT ON imr_archive_guidelinecitation
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_citationsearch_upsert();
CREATE TRIGGER imr_archive_citationsearch_update AFTER UPDATE ON imr_archive_guidelinecitation
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_citationsearch_upsert();
CREATE FUNCTION imr_archive_citationsearch_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM imr_archive_citationsearch USING old_rows WHERE imr_archive_citationsearch.id = old_rows.id;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_citationsearch_delete AFTER DELETE ON imr_archive_guidelinecitation
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_citationsearch_delete();
CREATE FUNCTION imr_archive_citationsearch_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE imr_archive_citationsearch;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_citationsearch_truncate AFTER TRUNCATE ON imr_archive_guidelinecitation
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_citationsearch_truncate();
INSERT INTO imr_archive_citationsearch (id, title, section)
  SELECT id, imr_vector(title), imr_vector(section) FROM imr_archive_guidelinecitation;

-- imr_archive_guideline
CREATE TABLE imr_archive_guidelinesearch (
  id bigint PRIMARY KEY,
  title tsvector NOT NULL,
  label tsvector NOT NULL
);
CREATE INDEX imr_archive_guidelinesearch_words ON imr_archive_guidelinesearch USING gin (title, label);
CREATE FUNCTION imr_archive_guidelinesearch_upsert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_guidelinesearch (id, title, label)
    VALUES (new.id, imr_vector(new.title), imr_vector(new.label))
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, label = excluded.label;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_guidelinesearch_upsert AFTER INSERT OR UPDATE ON imr_archive_guideline
  FOR EACH ROW EXECUTE FUNCTION imr_archive_guidelinesearch_upsert();
CREATE FUNCTION imr_archive_guidelinesearch_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM imr_archive_guidelinesearch WHERE id = old.id;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_guidelinesearch_delete AFTER DELETE ON imr_archive_guideline
  FOR EACH ROW EXECUTE FUNCTION imr_archive_guidelinesearch_delete();
CREATE FUNCTION imr_archive_guidelinesearch_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE imr_archive_guidelinesearch;
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_guidelinesearch_truncate AFTER TRUNCATE ON imr_archive_guideline
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guidelinesearch_truncate();
INSERT INTO imr_archive_guidelinesearch (id, title, label)
  SELECT id, imr_vector(title), imr_vector(label) FROM imr_archive_guideline;

-- The change log: each determination stands in it once, under the number of its last change.
-- 0 stands for the names of treatments, guidelines and body parts.
-- Changes are logged in the order of the keys, so that two writers never deadlock.

CREATE FUNCTION imr_archive_determination_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT changed.id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_determination_log_insert AFTER INSERT ON imr_archive_determination
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_determination_log_insert();

CREATE FUNCTION imr_archive_determination_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT changed.id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_determination_log_update AFTER UPDATE ON imr_archive_determination
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_determination_log_update();

CREATE FUNCTION imr_archive_determination_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT changed.id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_determination_log_delete AFTER DELETE ON imr_archive_determination
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_determination_log_delete();

CREATE FUNCTION imr_archive_disputeditem_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('imr_archive.bulk_indexing', true) = 'on' THEN RETURN NULL; END IF;
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT changed.determination_id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_disputeditem_log_insert AFTER INSERT ON imr_archive_disputeditem
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_disputeditem_log_insert();

CREATE FUNCTION imr_archive_disputeditem_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT changed.determination_id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_disputeditem_log_update AFTER UPDATE ON imr_archive_disputeditem
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_disputeditem_log_update();

CREATE FUNCTION imr_archive_disputeditem_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT changed.determination_id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_disputeditem_log_delete AFTER DELETE ON imr_archive_disputeditem
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_disputeditem_log_delete();

CREATE FUNCTION imr_archive_determinationtext_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('imr_archive.bulk_indexing', true) = 'on' THEN RETURN NULL; END IF;
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT changed.determination_id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_determinationtext_log_insert AFTER INSERT ON imr_archive_determinationtext
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_determinationtext_log_insert();

CREATE FUNCTION imr_archive_determinationtext_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT changed.determination_id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_determinationtext_log_update AFTER UPDATE ON imr_archive_determinationtext
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_determinationtext_log_update();

CREATE FUNCTION imr_archive_determinationtext_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT changed.determination_id FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_determinationtext_log_delete AFTER DELETE ON imr_archive_determinationtext
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_determinationtext_log_delete();

CREATE FUNCTION imr_archive_disputeditemtext_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_disputeditemtext_log_insert AFTER INSERT ON imr_archive_disputeditemtext
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_disputeditemtext_log_insert();

CREATE FUNCTION imr_archive_disputeditemtext_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_disputeditemtext_log_update AFTER UPDATE ON imr_archive_disputeditemtext
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_disputeditemtext_log_update();

CREATE FUNCTION imr_archive_disputeditemtext_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_disputeditemtext_log_delete AFTER DELETE ON imr_archive_disputeditemtext
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_disputeditemtext_log_delete();

CREATE FUNCTION imr_archive_itemtreatment_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_itemtreatment_log_insert AFTER INSERT ON imr_archive_itemtreatment
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemtreatment_log_insert();

CREATE FUNCTION imr_archive_itemtreatment_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_itemtreatment_log_update AFTER UPDATE ON imr_archive_itemtreatment
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemtreatment_log_update();

CREATE FUNCTION imr_archive_itemtreatment_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_itemtreatment_log_delete AFTER DELETE ON imr_archive_itemtreatment
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itemtreatment_log_delete();

CREATE FUNCTION imr_archive_itembodypart_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_itembodypart_log_insert AFTER INSERT ON imr_archive_itembodypart
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itembodypart_log_insert();

CREATE FUNCTION imr_archive_itembodypart_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_itembodypart_log_update AFTER UPDATE ON imr_archive_itembodypart
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itembodypart_log_update();

CREATE FUNCTION imr_archive_itembodypart_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_itembodypart_log_delete AFTER DELETE ON imr_archive_itembodypart
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_itembodypart_log_delete();

CREATE FUNCTION imr_archive_guidelinecitation_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_guidelinecitation_log_insert AFTER INSERT ON imr_archive_guidelinecitation
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guidelinecitation_log_insert();

CREATE FUNCTION imr_archive_guidelinecitation_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_guidelinecitation_log_update AFTER UPDATE ON imr_archive_guidelinecitation
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guidelinecitation_log_update();

CREATE FUNCTION imr_archive_guidelinecitation_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER imr_archive_guidelinecitation_log_delete AFTER DELETE ON imr_archive_guidelinecitation
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guidelinecitation_log_delete();

CREATE FUNCTION imr_archive_reviewerspecialty_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT linked.id FROM changed JOIN imr_archive_determination AS linked ON linked.reviewer_id = changed.reviewer_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_reviewerspecialty_log_insert AFTER INSERT ON imr_archive_reviewerspecialty
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_reviewerspecialty_log_insert();

CREATE FUNCTION imr_archive_reviewerspecialty_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT linked.id FROM changed JOIN imr_archive_determination AS linked ON linked.reviewer_id = changed.reviewer_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_reviewerspecialty_log_update AFTER UPDATE ON imr_archive_reviewerspecialty
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_reviewerspecialty_log_update();

CREATE FUNCTION imr_archive_reviewerspecialty_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT linked.id FROM changed JOIN imr_archive_determination AS linked ON linked.reviewer_id = changed.reviewer_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_reviewerspecialty_log_delete AFTER DELETE ON imr_archive_reviewerspecialty
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_reviewerspecialty_log_delete();

CREATE FUNCTION imr_archive_reviewerlicence_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT linked.id FROM changed JOIN imr_archive_determination AS linked ON linked.reviewer_id = changed.reviewer_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_reviewerlicence_log_insert AFTER INSERT ON imr_archive_reviewerlicence
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_reviewerlicence_log_insert();

CREATE FUNCTION imr_archive_reviewerlicence_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT linked.id FROM changed JOIN imr_archive_determination AS linked ON linked.reviewer_id = changed.reviewer_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_reviewerlicence_log_update AFTER UPDATE ON imr_archive_reviewerlicence
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_reviewerlicence_log_update();

CREATE FUNCTION imr_archive_reviewerlicence_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT linked.id FROM changed JOIN imr_archive_determination AS linked ON linked.reviewer_id = changed.reviewer_id
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_reviewerlicence_log_delete AFTER DELETE ON imr_archive_reviewerlicence
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_reviewerlicence_log_delete();

CREATE FUNCTION imr_archive_treatment_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_treatment_log_insert AFTER INSERT ON imr_archive_treatment
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_treatment_log_insert();

CREATE FUNCTION imr_archive_treatment_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_treatment_log_update AFTER UPDATE ON imr_archive_treatment
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_treatment_log_update();

CREATE FUNCTION imr_archive_treatment_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_treatment_log_delete AFTER DELETE ON imr_archive_treatment
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_treatment_log_delete();

CREATE FUNCTION imr_archive_guideline_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_guideline_log_insert AFTER INSERT ON imr_archive_guideline
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guideline_log_insert();

CREATE FUNCTION imr_archive_guideline_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_guideline_log_update AFTER UPDATE ON imr_archive_guideline
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guideline_log_update();

CREATE FUNCTION imr_archive_guideline_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_guideline_log_delete AFTER DELETE ON imr_archive_guideline
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_guideline_log_delete();

CREATE FUNCTION imr_archive_bodypart_log_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM new_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_bodypart_log_insert AFTER INSERT ON imr_archive_bodypart
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_bodypart_log_insert();

CREATE FUNCTION imr_archive_bodypart_log_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_bodypart_log_update AFTER UPDATE ON imr_archive_bodypart
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_bodypart_log_update();

CREATE FUNCTION imr_archive_bodypart_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO imr_archive_indexchange (determination)
    SELECT DISTINCT logged.determination
    FROM (
      WITH changed AS (SELECT * FROM old_rows)
      SELECT 0 FROM changed
    ) AS logged (determination)
    WHERE logged.determination IS NOT NULL ORDER BY logged.determination
    ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('imr_archive_indexchange', 'id'));
  RETURN NULL;
END $$;
CREATE TRIGGER imr_archive_bodypart_log_delete AFTER DELETE ON imr_archive_bodypart
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION imr_archive_bodypart_log_delete();

INSERT INTO imr_archive_indexchange (determination) SELECT id FROM imr_archive_determination ORDER BY id;
