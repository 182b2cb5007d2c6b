-- What a glance at the daemon's store tells, as one document. $1: the daemon's clock; $2: 1 when refused
-- tests may be known; $3: the group that is not settled in time, or NULL; $4: the daemon's sessions,
-- or NULL; $5: the state of its doors, or NULL; $6: the level of durability; $7: why it does not hold, or NULL.
WITH settings AS (
    SELECT current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('full_page_writes') AS full_page_writes,
        current_setting('data_checksums') AS data_checksums,
        pg_is_in_recovery() AS is_replica
), kind AS MATERIALIZED (
    SELECT k.kind, sems.kind_status(k.kind, $1::timestamptz, 100000) AS seen FROM sems.kind AS k
), held_month AS MATERIALIZED (
    SELECT h.* FROM sems.held_months(200) AS h
    -- A month of tests that nobody may know of is none.
    WHERE NOT sems.tells_of_tests(h.kind) OR h.records > 0
), held AS (
    SELECT m.kind, sum(m.records) AS records, bool_and(m.exact) AS exact,
        to_char(min(m.month), 'YYYY-MM') AS first_month, to_char(max(m.month), 'YYYY-MM') AS last_month
    FROM held_month AS m GROUP BY m.kind
), seen_source AS (
    SELECT s.key AS source, max(s.value::timestamptz) AS last
    FROM kind CROSS JOIN LATERAL jsonb_each_text(kind.seen -> 'sources') AS s
    GROUP BY s.key
), source AS (
    SELECT source, r.description, s.last
    FROM sems.source AS r FULL JOIN seen_source AS s USING (source)
), period AS (
    SELECT m.quarter, min(m.starts_at) AS starts_at,
        (SELECT max(d.ends_at) FROM sems.civil_day AS d WHERE d.quarter = m.quarter) AS ends_at
    FROM held_month AS m
    WHERE m.starts_at <= $1::timestamptz AND m.records > 0
    GROUP BY m.quarter
    ORDER BY m.quarter DESC LIMIT 12
), haste AS MATERIALIZED (
    SELECT cardinality(sems.dirty_feed_days($1::timestamptz - interval '37 days', $1::timestamptz)) <= 3 AS is_quick
), silent AS MATERIALIZED (
    SELECT s.*, row_number() OVER (ORDER BY s.source, s.kind, s.device_id) AS place
    FROM sems.silent_feeds($1::timestamptz) AS s WHERE (SELECT h.is_quick FROM haste AS h)
), candidate AS MATERIALIZED (
    SELECT count(*) AS n FROM (SELECT FROM sems.doubled AS d WHERE $2::int = 1 OR d.kind <> 'test' LIMIT 10001) AS d
), revision AS (
    SELECT DISTINCT ON (r.quarter) r.quarter, r.revision, r.state, r.submitted_at
    FROM sems.spd_status AS r ORDER BY r.quarter, r.revision DESC
)
SELECT jsonb_build_object(
    'entity', (SELECT e.name FROM sems.entity AS e),
    'zone', (SELECT e.zone FROM sems.entity AS e),
    'now', $1::timestamptz,
    'schema_version', (SELECT max(v.version) FROM sems.schema_migration AS v),
    'database', (SELECT to_jsonb(s) || jsonb_build_object('version', current_setting('server_version'),
        'durability', $6::text, 'durability_fault', $7::text,
        'is_safe', s.fsync = 'on' AND s.synchronous_commit <> 'off' AND s.full_page_writes = 'on'
        AND NOT s.is_replica) FROM settings AS s),
    'kinds', (SELECT jsonb_agg(jsonb_build_object('kind', k.kind,
            'records', coalesce(h.records, 0)::bigint, 'is_estimate', NOT coalesce(h.exact, true),
            'first_month', h.first_month, 'last_month', h.last_month)
            || (k.seen - 'sources') ORDER BY k.kind)
        FROM kind AS k LEFT JOIN held AS h USING (kind)),
    'sources', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', s.source,
            'description', s.description, 'last_received_at', s.last) ORDER BY s.source), '[]')
        FROM source AS s),
    'quarantine_open', (SELECT coalesce(jsonb_object_agg(q.reason, q.n), '{}') FROM (
        SELECT reason, count(*) AS n FROM sems.quarantine
        WHERE state = 'OPEN' AND ($2::int = 1 OR NOT is_covert) GROUP BY reason) AS q),
    'quarters', (SELECT coalesce(jsonb_agg(jsonb_build_object('quarter', p.quarter,
            'state', coalesce(r.state,
                CASE WHEN p.ends_at > $1::timestamptz THEN 'OPEN' ELSE 'COLLECTING' END),
            'revision', r.revision, 'submitted_at', r.submitted_at) ORDER BY p.quarter), '[]')
        FROM period AS p LEFT JOIN revision AS r USING (quarter)),
    'gaps', (SELECT coalesce(jsonb_agg(jsonb_build_object('gap_id', g.gap_id, 'lacks_from', g.lacks_from,
            'lacks_to', g.lacks_to, 'reason', g.reason, 'found_at', g.found_at) ORDER BY g.gap_id), '[]')
        FROM sems.restore_gap AS g WHERE g.resolved_at IS NULL),
    -- Legal holds that were to be looked at again by now.
    'holds_due', (SELECT coalesce(jsonb_agg(jsonb_build_object('hold_id', d.hold_id, 'review_on', d.review_on)
            ORDER BY d.review_on, d.hold_id), '[]')
        FROM (SELECT h.hold_id, h.review_on FROM sems.hold AS h WHERE h.lifted_at IS NULL AND h.review_on
            < ($1::timestamptz AT TIME ZONE coalesce((SELECT e.zone FROM sems.entity AS e), 'UTC'))::date
            ORDER BY h.review_on, h.hold_id LIMIT 100) AS d),
    'late_groups', CASE WHEN $3::jsonb IS NULL THEN '[]' ELSE jsonb_build_array($3::jsonb
        || jsonb_build_object('blocked_by', to_jsonb(pg_blocking_pids(($3::jsonb ->> 'backend')::int)))) END,
    -- Two at least share each; too many to look at are not looked at.
    'doubles', (SELECT jsonb_build_object('is_estimate', c.n > 10000, 'records', CASE WHEN c.n > 10000 THEN 2 * c.n
            ELSE (SELECT count(DISTINCT (d.kind, d.source, d.record_id))
                FROM sems.double_records('', $2::int = 1) AS d) END) FROM candidate AS c),
    'calendar', (SELECT to_jsonb(k) - 'singleton' FROM sems.calendar_check AS k WHERE k.days > 0),
    'duties', (SELECT coalesce(jsonb_agg(jsonb_build_object('duty', d.duty, 'bad_ends', d.bad_ends,
            'failure', d.failure, 'last_run_at', d.last_run_at, 'aside_until', d.aside_until) ORDER BY d.duty), '[]')
        FROM sems.duty AS d WHERE d.bad_ends > 0),
    'sessions', $4::jsonb,
    'doors', $5::jsonb,
    -- Not while many days wait to be counted: a glance must not take long.
    'silent', CASE WHEN (SELECT h.is_quick FROM haste AS h) THEN (SELECT coalesce(jsonb_agg(
            jsonb_build_object('source', s.source, 'kind', s.kind, 'site', s.site_id, 'device', s.device_id,
            'last_at', s.last_at, 'expected_by', s.expected_by, 'basis', s.basis) ORDER BY s.place), '[]')
        FROM silent AS s WHERE s.place <= 1000) END,
    'silent_total', CASE WHEN (SELECT h.is_quick FROM haste AS h) THEN (SELECT count(*) FROM silent) END,
    'retention', jsonb_build_object(
        'last_run_at', (SELECT d.last_run_at FROM sems.duty AS d WHERE d.duty = 'retention'),
        'next_run_at', (SELECT d.last_run_at + interval '1 day' FROM sems.duty AS d
            WHERE d.duty = 'retention'))
)
