-- What a migration that adds a record kind needs: the envelope's columns to begin its table with,
-- and everything that follows from the table. daemon/DESIGN.md, "How to add a record kind".

-- Never a row in it: only its columns are used.
CREATE TABLE sems.envelope (LIKE sems.void INCLUDING CONSTRAINTS);
ALTER TABLE sems.envelope DROP COLUMN authorised_by, DROP COLUMN received_at, DROP COLUMN received_from,
    ALTER COLUMN record_id DROP NOT NULL, ALTER COLUMN source DROP NOT NULL,
    ALTER COLUMN occurred_at DROP NOT NULL;

-- The kind's table is there. Its corrections are noted, changes of it are noticed, its records
-- are folded, counted as received
-- and readable like every other kind's.
CREATE FUNCTION sems.add_kind(kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.kind VALUES (add_kind.kind);
	EXECUTE format('CREATE TRIGGER note_correction AFTER INSERT ON sems.%I FOR EACH ROW '
	    'WHEN (NEW.corrects_record_id IS NOT NULL) EXECUTE FUNCTION sems.note_correction(%L)',
	    kind, kind);
	PERFORM sems.watch_kind(kind);
	EXECUTE format('GRANT INSERT ON sems.%I TO sems_ingest', kind);
	EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute, sems_retention', kind);
	EXECUTE format('CREATE VIEW sems.%I AS SELECT r.*, r.occurred_at AS counted_at FROM sems.%I r '
	    'WHERE NOT EXISTS (SELECT FROM sems.correction c '
	    'WHERE c.root_record_id = coalesce(r.corrects_record_id, r.record_id) '
	    'AND c.root_source = coalesce(r.corrects_source, r.source) '
	    'AND (c.is_void OR r.corrects_record_id IS NULL '
	    'OR (c.corrected_at, c.record_id, c.source) > '
	    '(coalesce(r.corrected_at, r.occurred_at), r.record_id, r.source)))',
	    'effective_' || kind, kind);
	EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute, sems_retention, sems_report',
	    'effective_' || kind);
	-- What metrics count.
	EXECUTE format('CREATE VIEW sems.%I AS SELECT e.*, e.measure_code AS measure FROM sems.%I e',
	    'spd_' || kind, 'effective_' || kind);
	EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute', 'spd_' || kind);
	EXECUTE format('CREATE OR REPLACE VIEW sems.spd_record AS %s UNION ALL '
	    'SELECT %L::text, r.record_id, r.source, r.site_id, r.measure_code, r.provider_id, '
	    'r.occurred_at, r.occurred_at, r.occurred_end, r."precision", r.received_at, '
	    'r.corrects_record_id, r.corrects_source, r.clock_offset_ms FROM sems.%I r',
	    rtrim(pg_get_viewdef('sems.spd_record'::regclass), '; '), kind, kind);
END
$$;
