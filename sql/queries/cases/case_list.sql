-- A page of cases in the order of their numbers, as they were. $1: what is looked for (kind: a list, state, owner,
-- finding, severity, site_id, open, due_until), each may be absent; $2: as it was so at the end of this day, or before
-- this instant, NULL: now; $3: as it was known then; $4: after this number; $5: so many.
WITH q AS MATERIALIZED (
    SELECT ARRAY(SELECT jsonb_array_elements_text(j.j -> 'kind')) AS kinds, j.j ->> 'state' AS state,
        -- All names by which that person may have been written down.
        j.j ? 'owner' AS has_owner, ARRAY(SELECT sems.person_of(j.j ->> 'owner') UNION ALL SELECT p.principal
            FROM sems.principal AS p WHERE p.person = sems.person_of(j.j ->> 'owner')) AS owners, j.j ->> 'finding' AS finding, j.j ->> 'severity' AS severity,
        j.j ->> 'site_id' AS site_id, j.j ? 'open' AS is_open, j.j ->> 'due_until' AS due_until,
        j.j ? 'kind' AS has_kinds, j.j ?| '{state,owner,finding,severity,site_id,due_until}' AS has_keys,
        sems.end_of($2, 'infinity') AS so_before, sems.end_of($3, 'infinity') AS told_before,
        (least(sems.end_of($2, clock_timestamp()) - interval '1 microsecond', clock_timestamp())
            AT TIME ZONE coalesce((SELECT z.zone FROM sems.entity AS z), 'UTC'))::date AS today
    FROM (SELECT $1::jsonb) AS j (j)
), found AS MATERIALIZED (
    -- Now: as it is kept.
    SELECT n.kind, n.year, n.serial, n.number, n.step
    FROM q CROSS JOIN sems.case_now AS n
    WHERE $2::text IS NULL AND $3::text IS NULL
        AND (NOT q.has_kinds OR n.kind = ANY (q.kinds)) AND (NOT q.is_open OR NOT n.is_over)
        AND (q.state IS NULL OR n.state = q.state) AND (NOT q.has_owner OR n.owner = ANY (q.owners))
        AND (q.finding IS NULL OR n.finding = q.finding) AND (q.severity IS NULL OR n.severity = q.severity)
        AND (q.site_id IS NULL OR n.site_id = q.site_id) AND (q.due_until IS NULL OR n.due_on <= q.due_until)
    UNION ALL
    -- Then: by the last event of each that was so, and told; its fields are read only where they are asked for.
    SELECT c.kind, c.year, c.serial, c.number, l.step
    FROM q CROSS JOIN sems.case_file AS c CROSS JOIN LATERAL (
        SELECT e.step, e.state, e.is_over FROM sems.case_event AS e
        WHERE e.number = c.number AND e.valid < q.so_before AND e.received < q.told_before
        ORDER BY e.step DESC LIMIT 1) AS l
    WHERE ($2::text IS NOT NULL OR $3::text IS NOT NULL)
        AND (NOT q.has_kinds OR c.kind = ANY (q.kinds)) AND (NOT q.is_open OR NOT l.is_over)
        AND (NOT q.has_keys OR (q.state IS NULL OR l.state = q.state) AND EXISTS (
            SELECT FROM sems.case_event AS f CROSS JOIN sems.case_key(f.folded) AS k
            WHERE f.number = c.number AND f.step = l.step
                AND (NOT q.has_owner OR k.owner = ANY (q.owners)) AND (q.finding IS NULL OR k.finding = q.finding)
                AND (q.severity IS NULL OR k.severity = q.severity) AND (q.site_id IS NULL OR k.site_id = q.site_id)
                AND (q.due_until IS NULL OR k.due_on <= q.due_until)))
), page AS MATERIALIZED (
    SELECT f.* FROM found AS f
    WHERE $4::text IS NULL OR (f.kind, f.year, f.serial) > (SELECT c.kind, c.year, c.serial FROM sems.case_file AS c
        WHERE c.number = $4::text)
    ORDER BY f.kind, f.year, f.serial LIMIT $5::int
)
SELECT jsonb_build_object(
    'total', (SELECT count(*) FROM found),
    'as_of', (SELECT q.today FROM q),
    'last', (SELECT p.number FROM page AS p ORDER BY p.kind DESC, p.year DESC, p.serial DESC LIMIT 1),
    'more', (SELECT count(*) FROM page) = $5::int,
    'cases', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('number', x.number, 'kind', x.kind,
            'state', x.state, 'steps', x.step, 'occurrence', x.occurrence, 'since', sems.rfc3339(x.valid),
            'last_event', x.event, 'last_by', coalesce(x.made_by_name, x.made_by), 'due_on', k.due_on,
            'overdue_days', CASE WHEN NOT x.is_over AND x.state NOT IN ('DONE_CLAIMED', 'VERIFIED_EFFECTIVE')
                AND k.due_on::date < q.today THEN q.today - k.due_on::date END)) || x.folded
        ORDER BY p.kind, p.year, p.serial)
        FROM page AS p JOIN sems.case_event AS x USING (number, step)
        CROSS JOIN sems.case_key(x.folded) AS k CROSS JOIN q), '[]'))
