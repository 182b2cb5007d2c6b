-- Late is what was not there when a revision was frozen. The time of receipt says so, except for what
-- was received just before and committed just after: that is told by the leaves of the freeze.
CREATE FUNCTION sems.spd_leaf_ids(leaves bytea) RETURNS SETOF uuid
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	FOR i IN 0 .. octet_length(leaves) / 52 - 1 LOOP
		RETURN NEXT encode(substr(leaves, 1 + 52 * i, 16), 'hex')::uuid;
	END LOOP;
END
$$;

-- What corrects or voids a record that another correction moved into the period: whether it counts there
-- hangs on all of them, of which none need be of the period. Corrections are few, one step each.
CREATE FUNCTION sems.spd_moved(starts timestamptz, ends timestamptz, as_of timestamptz)
RETURNS SETOF sems.spd_change
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
	SELECT moved.kind, CASE WHEN c.is_void THEN 'VOID' ELSE 'CORRECTION' END, c.record_id, c.source,
	    moved.site_id, moved.measure, moved.counted_at, n.received_at, c.root_record_id, c.kind,
	    c.occurred_at
	FROM sems.correction m
	JOIN sems.correction c ON c.root_occurred_at = m.root_occurred_at
	    AND c.root_record_id = m.root_record_id AND c.root_source = m.root_source
	    AND (c.record_id, c.source) <> (m.record_id, m.source)
	CROSS JOIN LATERAL (SELECT r.kind, r.site_id, r.measure, r.counted_at FROM sems.spd_record r
	    WHERE r.occurred_at = m.occurred_at AND r.record_id = m.record_id AND r.source = m.source
	    AND r.counted_at >= starts AND r.counted_at < ends OFFSET 0) AS moved
	CROSS JOIN LATERAL (SELECT r.received_at FROM sems.spd_record r
	    WHERE r.occurred_at = c.occurred_at AND r.record_id = c.record_id AND r.source = c.source
	    UNION ALL SELECT v.received_at FROM sems.void v
	    WHERE v.occurred_at = c.occurred_at AND v.record_id = c.record_id AND v.source = c.source
	    OFFSET 0) AS n
	WHERE NOT m.is_void AND (m.kind = 'plan' OR (m.occurred_at >= starts AND m.occurred_at < ends
	    AND NOT (m.root_occurred_at >= starts AND m.root_occurred_at < ends)))
	    AND n.received_at >= as_of - interval '1 minute'
$$;

-- What may have changed a period: received since, or in the minute before. No group of records takes a
-- minute from its receipt to its commit.
CREATE FUNCTION sems.spd_recent(starts timestamptz, ends timestamptz, as_of timestamptz)
RETURNS SETOF sems.spd_change
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.* FROM sems.spd_change c
	WHERE c.counted_at >= starts AND c.counted_at < ends
	    AND c.received_at >= as_of - interval '1 minute'
	UNION ALL
	SELECT m.* FROM sems.spd_moved(starts, ends, as_of) AS m
$$;

-- What changed it since the revision was frozen as of that instant. No loop in a loop: a quarter that was
-- loaded just before it was frozen has all its records in that minute, and nobody estimates that.
CREATE FUNCTION sems.spd_late(starts timestamptz, ends timestamptz, as_of timestamptz,
    of_quarter text, of_revision int) RETURNS SETOF sems.spd_change
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $$
	WITH recent AS MATERIALIZED (
		SELECT c.* FROM sems.spd_recent(starts, ends, as_of) AS c
	), edge AS (
		-- Tests have their leaves in one day, the quarter's first.
		SELECT DISTINCT r.own_kind, CASE WHEN r.own_kind <> 'test'
		    THEN (r.occurred_at AT TIME ZONE e.zone)::date END AS day
		FROM recent r, sems.entity e WHERE r.received_at < as_of
	), sealed AS MATERIALIZED (
		SELECT l.kind, i.id
		FROM edge
		JOIN sems.spd_leaves l ON l.quarter = of_quarter AND l.revision = of_revision
		    AND l.kind = edge.own_kind AND (edge.day IS NULL OR l.day = edge.day)
		CROSS JOIN LATERAL sems.spd_leaf_ids(l.leaves) AS i (id)
	)
	SELECT r.* FROM recent r WHERE r.received_at >= as_of
	UNION ALL
	SELECT r.* FROM recent r
	LEFT JOIN sealed s ON s.kind = r.own_kind AND s.id = r.record_id
	WHERE r.received_at < as_of AND s.id IS NULL
	    AND EXISTS (SELECT FROM sems.spd_proof p
		WHERE p.quarter = of_quarter AND p.revision = of_revision)
$$;
GRANT EXECUTE ON FUNCTION sems.spd_leaf_ids(bytea),
    sems.spd_moved(timestamptz, timestamptz, timestamptz),
    sems.spd_recent(timestamptz, timestamptz, timestamptz),
    sems.spd_late(timestamptz, timestamptz, timestamptz, text, int) TO sems_compute;
