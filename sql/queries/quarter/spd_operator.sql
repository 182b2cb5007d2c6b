-- Who was deployed as X-ray operator in a period, a row a person, with the site, measure and provider of the
-- deployment that began last, and the minutes of recurrent training in image recognition, by computer or in
-- class, in the civil half-year that the period ends. on_the_job: a qualifying one by projections was passed in
-- it. half_year: the period ends one; else there is nothing to judge (operator is nobody), since what was done
-- over New Year cannot be added up: the person is another one then.
WITH period AS MATERIALIZED (
    SELECT extract(month FROM d.day) IN (6, 12) AS half_year, h.starts_at AS half_at
    FROM sems.civil_day AS d JOIN sems.civil_day AS h
        ON h.day = make_date(d.year, CASE WHEN extract(month FROM d.day) > 6 THEN 7 ELSE 1 END, 1)
    WHERE d.starts_at < $2::timestamptz AND d.ends_at > d.starts_at
    ORDER BY d.starts_at DESC LIMIT 1
), worked AS (
    SELECT DISTINCT ON (d.subject_person) d.record_id, d.source, d.counted_at, d.received_at, d.site_id,
        d.measure_code AS measure, d.provider_id, d.role, d.subject_person AS person
    FROM sems.effective_deployment AS d
    WHERE d.counted_at >= $1::timestamptz AND d.counted_at < $2::timestamptz AND d.role = 'X_RAY_OPERATOR'
    ORDER BY d.subject_person, d.counted_at DESC, d.record_id DESC, d.source COLLATE "C" DESC
), trained AS MATERIALIZED (
    SELECT t.subject_person AS person,
        sum(round((t.hours * 60)::numeric)) FILTER (WHERE t.method IN ('CBT', 'CLASSROOM'))::bigint AS minutes,
        bool_or(t.method = 'OJT_TIP' AND t.result = 'PASS') AS on_the_job
    FROM sems.effective_training AS t CROSS JOIN period AS p
    -- A half-year has 184 days at most, and an hour.
    WHERE t.counted_at >= sems.hours_on($2::timestamptz, -4417) AND t.counted_at < $2::timestamptz
        AND t.counted_at >= p.half_at AND t.basis = 'RECURRENT' AND t.image_recognition
    GROUP BY t.subject_person
)
SELECT 'deployment' AS kind, w.record_id, w.source, w.counted_at, w.received_at, w.site_id, w.measure,
    w.provider_id, w.role, CASE WHEN p.half_year THEN w.person END AS operator, p.half_year,
    coalesce(t.minutes, 0) AS minutes, coalesce(t.on_the_job, false) AS on_the_job
FROM worked AS w CROSS JOIN period AS p LEFT JOIN trained AS t ON t.person = w.person
