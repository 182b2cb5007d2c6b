-- What came in a period for quarters that had been submitted without it, a row each; and a row (submitted) for each
-- such quarter and site, with which nought is a fact.
SELECT o.quarter, o.how, false AS submitted, o.site_id, NULL::text AS measure, NULL::text AS provider_id
FROM sems.spd_overtaking($1::timestamptz, $2::timestamptz) AS o
UNION ALL
SELECT f.quarter, NULL, true, s.site_id, NULL, NULL
FROM sems.first_submissions($2::timestamptz) AS f LEFT JOIN sems.site AS s ON true
