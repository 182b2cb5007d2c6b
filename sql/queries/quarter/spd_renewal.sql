-- Renewals of competences that fell due in a period, once a person, course and day, with whether each was passed
-- by that day, which is the last one the competence was held on, in the entity's days. A renewal that a training
-- names (previous_expires_at) fell due, whoever it is of, and wherever in time it was done. One that no training
-- names shows by what was gained in the same civil year, the only one in which the person is known again: it was
-- renewed when something later was passed by its day; else it fell due where the person was deployed on that day
-- or after it in the period, and where nobody says so kept is unknown.
WITH sent AS MATERIALIZED (
    SELECT t.record_id, t.source COLLATE "C" AS source, t.counted_at, t.received_at, t.site_id,
        t.measure_code AS measure, t.provider_id, t.subject_person AS person, t.course COLLATE "C" AS course,
        t.basis, t.method, t.result, t.expires_at, t.previous_expires_at,
        (t.counted_at AT TIME ZONE e.zone)::date AS done_on,
        (t.expires_at AT TIME ZONE e.zone)::date AS held_until,
        (t.previous_expires_at AT TIME ZONE e.zone)::date AS due_on
    FROM sems.effective_training AS t CROSS JOIN sems.entity AS e
    -- A renewal is 366 days from what it renews at most, and a civil year has no more.
    WHERE t.counted_at >= sems.hours_on($1::timestamptz, -8808) AND t.counted_at < sems.hours_on($2::timestamptz, 8808)
), named AS (
    SELECT DISTINCT ON (s.person, s.course, s.due_on) s.*,
        bool_or(s.result = 'PASS' AND s.done_on <= s.due_on)
            OVER (PARTITION BY s.person, s.course, s.due_on) AS kept
    FROM sent AS s
    WHERE s.previous_expires_at >= $1::timestamptz AND s.previous_expires_at < $2::timestamptz
    ORDER BY s.person, s.course, s.due_on, s.counted_at, s.record_id, s.source
), ran_out AS (
    SELECT DISTINCT ON (s.person, s.course, s.held_until) s.*
    FROM sent AS s
    WHERE s.result = 'PASS' AND s.expires_at >= $1::timestamptz AND s.expires_at < $2::timestamptz
        AND extract(year FROM s.done_on) = extract(year FROM s.held_until)
        AND NOT EXISTS (SELECT FROM named AS n WHERE n.person = s.person AND n.course = s.course
            AND n.due_on = s.held_until)
    ORDER BY s.person, s.course, s.held_until, s.counted_at, s.record_id, s.source
), stayed AS (
    SELECT d.subject_person AS person, max((d.occurred_end AT TIME ZONE e.zone)::date) AS deployed_on
    FROM sems.effective_deployment AS d CROSS JOIN sems.entity AS e
    WHERE d.counted_at >= $1::timestamptz AND d.counted_at < $2::timestamptz
    GROUP BY d.subject_person
)
SELECT 'training' AS kind, n.record_id, n.source, n.counted_at, n.received_at, n.site_id, n.measure, n.provider_id,
    n.course, n.basis, n.method, n.person, n.kept
FROM named AS n
UNION ALL
SELECT 'training', r.record_id, r.source, r.counted_at, r.received_at, r.site_id, r.measure, r.provider_id,
    r.course, r.basis, r.method, r.person,
    CASE WHEN EXISTS (SELECT FROM sent AS s WHERE s.person = r.person AND s.course = r.course AND s.result = 'PASS'
            AND s.done_on <= r.held_until AND (s.held_until > r.held_until OR s.held_until IS NULL)
            AND extract(year FROM s.done_on) = extract(year FROM r.done_on)) THEN true
        WHEN y.deployed_on >= r.held_until THEN false END
FROM ran_out AS r LEFT JOIN stayed AS y ON y.person = r.person
