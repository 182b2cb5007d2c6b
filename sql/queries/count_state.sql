-- What is known of cubes in the quarter $1: those of the digests $2 that were ever counted, each with
-- the days whose counts cannot be used. A month that was purged keeps the counts it had.
WITH day AS (
    SELECT d.day, d.month, d.starts_at, d.ends_at FROM sems.civil_day AS d WHERE d.quarter = $1::text
), span AS (
    SELECT min(starts_at) AS since, max(ends_at) AS until FROM day
), cube AS (
    SELECT c.digest, c.cube_id, c.kind FROM sems.cube AS c WHERE c.digest = ANY ($2::text[])
), touched AS MATERIALIZED (
    SELECT t.kind, t.day FROM span, sems.touched_days(span.since, span.until) AS t
), month AS MATERIALIZED (
    SELECT m.kind, m.month FROM span, sems.countable_months(span.since, span.until) AS m
), dirty AS (
    SELECT c.cube_id, d.day, d.starts_at, d.ends_at, s.day IS NOT NULL AS counted
    FROM cube AS c
    JOIN month AS m ON m.kind = c.kind
    JOIN day AS d ON d.month = m.month
    LEFT JOIN sems.counted_day AS s ON s.cube_id = c.cube_id AND s.day = d.day
    LEFT JOIN touched AS t ON t.kind = c.kind AND t.day = d.day
    WHERE s.day IS NULL OR s.is_stale OR t.day IS NOT NULL
)
SELECT c.digest, c.cube_id, d.day, d.starts_at, d.ends_at, d.counted::int
FROM cube AS c LEFT JOIN dirty AS d USING (cube_id)
ORDER BY c.cube_id, d.day
