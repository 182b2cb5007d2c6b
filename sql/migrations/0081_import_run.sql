-- The runs of imports: who imported which file with which map, and which records came of it, so that somebody
-- else can take them back. A record is noted in the transaction that stores it; the record itself does not
-- change by the run. Who sends without one pays nothing.
CREATE TABLE sems.import_run (
	run_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	run text NOT NULL UNIQUE,  -- its name for people: when it began, and a chance word, so that none is missed
	principal text NOT NULL,
	file text NOT NULL,
	file_sha256 text NOT NULL,
	map text NOT NULL,         -- its path, or '' for a filled-in template
	map_sha256 text NOT NULL,
	started_at timestamptz NOT NULL,
	ended_at timestamptz,      -- NULL: it was cut, or runs
	undone_by text,
	undone_at timestamptz,
	undone_why text
);
CREATE TABLE sems.import_record (
	run_no bigint NOT NULL,
	kind text NOT NULL,
	source text NOT NULL,
	record_id uuid NOT NULL
);
CREATE INDEX ON sems.import_record (run_no, kind, record_id);
GRANT INSERT ON sems.import_record TO sems_ingest;
GRANT SELECT ON sems.import_run, sems.import_record TO sems_compute;

CREATE FUNCTION sems.begin_run(principal text, file text, file_sha256 text, map text, map_sha256 text, at timestamptz,
    OUT run_no bigint, OUT run text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
	INSERT INTO sems.import_run AS r (run, principal, file, file_sha256, map, map_sha256, started_at)
	VALUES (to_char(at, 'YYYYMMDD-HH24MISS-') || left(translate(gen_random_uuid()::text, '-', ''), 6),
	    principal, file, file_sha256, map, map_sha256, at)
	RETURNING r.run_no, r.run
$$;
CREATE FUNCTION sems.end_run(run text, principal text, at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE sems.import_run r SET ended_at = coalesce(r.ended_at, at)
	WHERE r.run = end_run.run AND r.principal = end_run.principal RETURNING r.run_no
$$;
CREATE FUNCTION sems.undo_run(run text, by text, why text, at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE sems.import_run r SET undone_by = by, undone_at = at, undone_why = why
	WHERE r.run = undo_run.run RETURNING r.run_no
$$;
GRANT EXECUTE ON FUNCTION sems.begin_run(text, text, text, text, text, timestamptz),
    sems.end_run(text, text, timestamptz), sems.undo_run(text, text, text, timestamptz) TO sems_compute;

-- Who may not know of tests sees neither them nor runs that have nothing else.
CREATE FUNCTION sems.run_list(of_run text, covert boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.started_at DESC, l.run DESC), '[]')
	FROM (SELECT r.run, r.principal, r.file, r.file_sha256, r.map, r.map_sha256, r.started_at, r.ended_at,
		r.undone_by, r.undone_at, r.undone_why, coalesce(n.stored, 0) AS stored, coalesce(n.kinds, '{}') AS kinds
	    FROM sems.import_run r
	    LEFT JOIN LATERAL (SELECT sum(k.n) AS stored, jsonb_object_agg(k.kind, k.n) AS kinds
		FROM (SELECT i.kind, count(*) AS n FROM sems.import_record i WHERE i.run_no = r.run_no
		    AND (covert OR i.kind NOT IN ('test', 'void', 'confirmation')) GROUP BY i.kind) AS k) AS n ON true
	    WHERE (of_run IS NULL OR r.run = of_run) AND (covert OR n.stored > 0)
	    ORDER BY r.started_at DESC, r.run DESC LIMIT 100) AS l
$$;

-- A page of a run's records, and what is to be done to take each back: void it, or, where it corrected another
-- one, put back what counted `before`. Nothing where that is done, or waits for somebody's word.
CREATE FUNCTION sems.run_records(of_run text, after_kind text, after_id uuid, most int)
RETURNS TABLE (kind text, source text, record_id uuid, site text, corrects uuid, before jsonb, is_done boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT i.kind, i.source, i.record_id, x.content ->> 'site_id', c.root_record_id,
	    CASE WHEN c.record_id IS NOT NULL THEN coalesce((
		SELECT jsonb_build_object('kind', p.kind, 'source', p.source, 'record_id', p.record_id)
		FROM sems.correction p WHERE p.root_record_id = c.root_record_id AND p.root_source = c.root_source
		AND NOT p.is_void AND (p.corrected_at, p.record_id) < (c.corrected_at, c.record_id)
		AND NOT EXISTS (SELECT FROM sems.import_record o WHERE o.run_no = i.run_no AND o.record_id = p.record_id)
		ORDER BY p.corrected_at DESC, p.record_id DESC LIMIT 1),
		(SELECT jsonb_build_object('kind', r.kind, 'source', c.root_source, 'record_id', c.root_record_id)
		FROM sems.roots_of(c.root_source, c.root_record_id) r LIMIT 1)) END,
	    x.content IS NULL OR i.kind IN ('void', 'confirmation')
	    OR (c.record_id IS NOT NULL AND c.root_source IS NULL)
	    OR EXISTS (SELECT FROM sems.correction v
		LEFT JOIN sems.overruled o ON o.record_id = v.record_id AND o.source = v.source AND o.kind = v.kind
		WHERE v.root_record_id = coalesce(c.root_record_id, i.record_id)
		AND v.root_source = coalesce(c.root_source, i.source)
		AND (v.is_void OR (c.record_id IS NOT NULL
		    AND (v.corrected_at, v.record_id) > (c.corrected_at, c.record_id)))
		AND coalesce(o.why, '') IN ('', 'PENDING', 'SUPERSEDED', 'VOIDED'))
	FROM (SELECT n.* FROM sems.import_record n
	    WHERE n.run_no = (SELECT r.run_no FROM sems.import_run r WHERE r.run = of_run)
	    AND (after_kind IS NULL OR (n.kind, n.record_id) > (after_kind, after_id))
	    ORDER BY n.kind, n.record_id LIMIT most) AS i
	LEFT JOIN sems.correction c ON c.record_id = i.record_id AND c.source = i.source AND c.kind = i.kind
	CROSS JOIN LATERAL (SELECT sems.content_of(i.kind, i.source, i.record_id, sems.uuid_time(i.record_id)) AS content) AS x
	ORDER BY i.kind, i.record_id
$$;
GRANT EXECUTE ON FUNCTION sems.run_list(text, boolean), sems.run_records(text, text, uuid, int) TO sems_compute;
