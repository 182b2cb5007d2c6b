-- What is known about the data of a period beside its feeds, as one object. $1, $2: the period; it is
-- judged at now(), or at its end when that has passed.
WITH quality AS MATERIALIZED (
    SELECT sems.quality($1::timestamptz, $2::timestamptz) AS q
), submitted AS (
    SELECT min(e.at) AS at, min(e.stored_in) AS stored_in FROM sems.spd_event e
    JOIN sems.civil_day d ON d.quarter = e.quarter AND d.starts_at = $1::timestamptz
    WHERE e.action = 'SUBMIT'
), after_submission AS (
    -- Records are looked into only if something came since.
    SELECT count(*) AS n FROM submitted s, sems.spd_record r
    WHERE r.counted_at >= $1::timestamptz AND r.counted_at < $2::timestamptz
    AND r.corrects_record_id IS NULL AND r.stored_in > s.stored_in
    AND EXISTS (SELECT FROM quality y WHERE (y.q ->> 'last_stored_in')::bigint > s.stored_in)
), late AS (
    SELECT (SELECT y.q -> 'late' FROM quality y) || jsonb_build_object('lag_hours', 72,
        'submitted_at', (SELECT sems.rfc3339(s.at)
            FROM submitted s),
        'after_submission', (SELECT CASE WHEN s.at IS NOT NULL THEN a.n END
            FROM submitted s, after_submission a)) AS o
), quarantine AS (
    SELECT jsonb_agg(jsonb_build_object('reason', q.reason, 'count', q.n) ORDER BY q.reason) AS list
    FROM (SELECT q.reason, count(*) AS n FROM sems.spd_quarantine q
        WHERE q.counted_at >= $1::timestamptz AND q.counted_at < $2::timestamptz
        GROUP BY q.reason) AS q
), plan AS (
    -- A thousand of each list, and how many there are.
    SELECT jsonb_agg(jsonb_build_object('what', p.what, 'site', p.site_id, 'measure', p.measure_code,
        'plans', p.plans, 'planned', p.planned) ORDER BY p.place) FILTER (WHERE p.place <= 1000) AS list,
        count(*) AS total
    FROM (SELECT p.what, p.site_id, p.measure_code, count(*) AS plans, sum(p.planned_count) AS planned,
            row_number() OVER (ORDER BY p.what, p.site_id, p.measure_code) AS place
        FROM sems.effective_plan p
        WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz
        GROUP BY p.what, p.site_id, p.measure_code) AS p
), restore AS (
    SELECT jsonb_agg(jsonb_build_object(
        'from', sems.rfc3339(g.lacks_from),
        'to', sems.rfc3339(g.lacks_to),
        'reason', g.reason, 'resolution', g.resolution) ORDER BY g.lacks_from, g.gap_id) AS list
    FROM sems.restore_gap g
    WHERE g.lacks_to >= $1::timestamptz AND g.found_at <= now()
    AND g.lacks_from < $2::timestamptz + interval '92 days'
), durability AS (
    -- Since the quarter began, since records of it come later, too.
    SELECT jsonb_agg(jsonb_build_object('level', t.level, 'days', t.days, 'first_day', t.first_day,
        'last_day', t.last_day) ORDER BY t.level) AS list
    FROM (SELECT k.level, count(*) AS days, min(k.day) AS first_day, max(k.day) AS last_day
        FROM sems.durability_day k JOIN sems.civil_day d USING (day)
        WHERE d.starts_at >= $1::timestamptz GROUP BY k.level) AS t
)
SELECT jsonb_build_object('late', (SELECT l.o FROM late l),
    'clock', (SELECT y.q -> 'clock' FROM quality y),
    'quarantine', coalesce((SELECT q.list FROM quarantine q), '[]'),
    'plans', coalesce((SELECT p.list FROM plan p), '[]'),
    'sessions', (SELECT y.q -> 'sessions' FROM quality y),
    'plans_total', coalesce((SELECT p.total FROM plan p), 0),
    'silent', (SELECT coalesce(jsonb_agg(s.one ORDER BY s.place), '[]') FROM quality y,
        jsonb_array_elements(y.q -> 'silent') WITH ORDINALITY AS s (one, place) WHERE s.place <= 1000),
    'silent_total', (SELECT jsonb_array_length(y.q -> 'silent') FROM quality y),
    'durability', coalesce((SELECT d.list FROM durability d), '[]'),
    'restores', coalesce((SELECT r.list FROM restore r), '[]'))::text
