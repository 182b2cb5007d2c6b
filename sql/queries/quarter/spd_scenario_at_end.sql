-- Every threat scenario in force at the end of the period: whether its review or the acceptance of its residual risk was
-- out of date on the period's last day, and whether a risk of the highest band had no action that was not over.
WITH t AS MATERIALIZED (
    SELECT sems.entity_day($2::timestamptz - interval '1 microsecond') AS last_day, x.content AS scheme,
        (SELECT b ->> 'name' FROM jsonb_array_elements(x.content -> 'bands') AS b ORDER BY (b ->> 'low')::int DESC LIMIT 1) AS highest
    FROM sems.risk_scheme_at($2::timestamptz) AS x WHERE $1::timestamptz IS NULL OR $1::timestamptz < $2::timestamptz
), a AS MATERIALIZED (
    SELECT x.* FROM sems.risk_assessments($2::timestamptz, 'infinity', NULL) AS x WHERE x.age = 1
), accepted AS MATERIALIZED (
    SELECT DISTINCT ON (1) x.folded ->> 'scenario' AS scenario, x.folded ->> 'expires_on' AS expires_on
    FROM sems.cases_of('{acceptance}', $2::timestamptz, 'infinity', NULL) AS x WHERE x.state = 'ACCEPTED'
    ORDER BY 1, x.folded ->> 'accepted_on' DESC, x.number DESC
), planned AS MATERIALIZED (
    SELECT DISTINCT x.folded ->> 'scenario' AS scenario
    FROM sems.cases_of('{action}', $2::timestamptz, 'infinity', NULL) AS x WHERE NOT x.is_over
)
SELECT s.folded ->> 'site_id' AS site_id, NULL::text AS measure, NULL::text AS provider_id, s.folded ->> 'domain' AS domain,
    s.valid AS counted_at,
    coalesce(a.folded ->> 'review_on' < t.last_day, false) OR coalesce(c.expires_on < t.last_day, false) AS is_out_of_date,
    coalesce(sems.risk_band(a.threat * a.impact * a.vulnerability, t.scheme) = t.highest, false)
        AND NOT EXISTS (SELECT FROM planned AS p WHERE p.scenario = s.number) AS is_unplanned
FROM t CROSS JOIN sems.cases_of('{scenario}', $2::timestamptz, 'infinity', NULL) AS s
LEFT JOIN a ON a.scenario = s.number LEFT JOIN accepted AS c ON c.scenario = s.number
WHERE s.state = 'IN_FORCE'
