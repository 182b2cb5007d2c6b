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

-- What may have changed a period: received since, or in the minute before. No group of records takes a
-- minute from its receipt to its commit.
CREATE FUNCTION sems.spd_recent(starts timestamptz, ends timestamptz, as_of timestamptz)
RETURNS SETOF sems.spd_change
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.* FROM sems.spd_change c
	WHERE c.counted_at >= starts AND c.counted_at < ends
	    AND c.received_at >= as_of - interval '1 minute'
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
    sems.spd_recent(timestamptz, timestamptz, timestamptz),
    sems.spd_late(timestamptz, timestamptz, timestamptz, text, int) TO sems_compute;
