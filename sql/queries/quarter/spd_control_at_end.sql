-- Every control that was there at the end of the period against a threat scenario whose residual risk was above the lowest
-- band, and whether one of its metrics had data in the newest quarter that was frozen by then.
WITH t AS MATERIALIZED (
    SELECT x.content AS scheme, (SELECT b ->> 'name' FROM jsonb_array_elements(x.content -> 'bands') AS b
        ORDER BY (b ->> 'low')::int LIMIT 1) AS lowest
    FROM sems.risk_scheme_at($2::timestamptz) AS x WHERE $1::timestamptz IS NULL OR $1::timestamptz < $2::timestamptz
), named AS MATERIALIZED (
    SELECT DISTINCT n.n AS control
    FROM t CROSS JOIN sems.cases_of('{scenario}', $2::timestamptz, 'infinity', NULL) AS s
    JOIN sems.risk_assessments($2::timestamptz, 'infinity', NULL) AS a ON a.scenario = s.number AND a.age = 1
    CROSS JOIN LATERAL unnest(string_to_array(s.folded ->> 'controls', ' ')) AS n (n)
    WHERE s.state = 'IN_FORCE' AND sems.risk_band(a.threat * a.impact * a.vulnerability, t.scheme) <> t.lowest
), live AS MATERIALIZED (
    SELECT c.number, bool_or(f.status <> 'NO_DATA') AS is_live
    FROM sems.cases_of('{control}', $2::timestamptz, 'infinity', NULL) AS c
    CROSS JOIN LATERAL sems.watched(c.folded ->> 'metrics') AS w
    CROSS JOIN sems.counting_revisions($2::timestamptz) AS q
    -- The figure that the control goes by.
    CROSS JOIN LATERAL (SELECT x.status FROM sems.frozen_figure AS x
        WHERE (x.quarter, x.revision, x.metric) = (q.quarter, q.revision, w.metric)
            AND x.site IN ('', c.folded ->> 'site_id') ORDER BY x.site DESC LIMIT 1) AS f
    WHERE q.age = 1 GROUP BY c.number
)
SELECT c.folded ->> 'site_id' AS site_id, c.folded ->> 'measure_code' AS measure, c.folded ->> 'provider_id' AS provider_id,
    c.folded ->> 'side' AS side, c.valid AS counted_at, coalesce(l.is_live, false) AS is_live
FROM named AS n JOIN sems.cases_of('{control}', $2::timestamptz, 'infinity', NULL) AS c ON c.number = n.control
LEFT JOIN live AS l ON l.number = c.number
WHERE c.state <> 'RETIRED'
