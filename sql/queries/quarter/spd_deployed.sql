-- Who was deployed in a period, a row a person, with the site, measure, provider and role of the deployment that
-- began last. at_end: one that lasts into the period's last civil month, so that shifts tell it, too; who was
-- deployed before alone has left, as far as anybody knows. required: any of those that do says what the work
-- takes. in_date: each competence that any of them takes is held on the period's last day, in the entity's days:
-- as the last of them to name it says, or by a training that was passed in the same civil year, the only one in
-- which the person is known again. judged: the person, where there is something to judge.
WITH period AS MATERIALIZED (
    SELECT d.day AS last_day, d.year, m.starts_at AS month_at
    FROM sems.civil_day AS d JOIN sems.civil_day AS m ON m.day = d.month
    WHERE d.starts_at < $2::timestamptz AND d.ends_at > d.starts_at
    ORDER BY d.starts_at DESC LIMIT 1
), sent AS MATERIALIZED (
    SELECT d.record_id, d.source COLLATE "C" AS source, d.counted_at, d.received_at, d.site_id,
        d.measure_code AS measure, d.provider_id, d.role, d.competences, d.subject_person AS person,
        d.occurred_end >= p.month_at AS lasts
    FROM sems.effective_deployment AS d CROSS JOIN period AS p
    WHERE d.counted_at >= $1::timestamptz AND d.counted_at < $2::timestamptz
), told AS (
    SELECT DISTINCT ON (s.person, c.course) s.person, c.course, c.expires_at
    FROM sent AS s
    CROSS JOIN jsonb_to_recordset(coalesce(s.competences, '[]')) AS c (course text, expires_at timestamptz)
    WHERE s.lasts
    ORDER BY s.person, c.course, s.counted_at DESC, s.record_id DESC, s.source DESC
), passed AS MATERIALIZED (
    SELECT t.subject_person AS person, t.course, max(coalesce(t.expires_at, 'infinity')) AS expires_at
    FROM sems.effective_training AS t CROSS JOIN period AS p CROSS JOIN sems.entity AS e
    WHERE t.counted_at >= sems.hours_on($1::timestamptz, -8808) AND t.counted_at < $2::timestamptz
        AND t.result = 'PASS' AND extract(year FROM t.counted_at AT TIME ZONE e.zone) = p.year
    GROUP BY t.subject_person, t.course
), held AS (
    SELECT t.person, bool_and(coalesce((greatest(t.expires_at, g.expires_at) AT TIME ZONE e.zone)::date
        >= p.last_day, false)) AS in_date
    FROM told AS t CROSS JOIN period AS p CROSS JOIN sems.entity AS e
    LEFT JOIN passed AS g ON g.person = t.person AND g.course = t.course
    GROUP BY t.person
)
SELECT DISTINCT ON (s.person) 'deployment' AS kind, s.record_id, s.source, s.counted_at, s.received_at, s.site_id,
    s.measure, s.provider_id, s.role, CASE WHEN h.in_date IS NOT NULL THEN s.person END AS judged,
    bool_or(s.lasts) OVER (PARTITION BY s.person) AS at_end, h.in_date IS NOT NULL AS required, h.in_date
FROM sent AS s LEFT JOIN held AS h ON h.person = s.person
ORDER BY s.person, s.counted_at DESC, s.record_id DESC, s.source DESC
