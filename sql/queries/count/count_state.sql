-- What is known of cubes in the quarter $1: those of the digests $2 that were ever counted, each with
-- the days whose counts cannot be used. A month that was purged keeps the counts it had.
-- recent: counted so short a time ago that it is not worth counting again yet; not in a time to come, by a
-- clock that was set back. An activity that reaches into the quarter counts on its first day, also when
-- nothing began in that month. bytes: about how many a day has. version: of all that is counted of a cube,
-- another whenever any of it was counted anew.
WITH day AS (
    SELECT d.day, d.month, d.starts_at, d.ends_at FROM sems.civil_day AS d WHERE d.quarter = $1::text
), span AS (
    SELECT min(starts_at) AS since, max(ends_at) AS until FROM day
), cube AS (
    SELECT c.digest, c.cube_id, c.kind FROM sems.cube AS c WHERE c.digest = ANY ($2::text[])
), counted AS (
    SELECT s.cube_id, concat_ws(' ', count(*), extract(epoch FROM max(s.counted_at)),
        sum(extract(epoch FROM s.counted_at))) AS version
    FROM cube AS c JOIN sems.counted_day AS s USING (cube_id) JOIN day AS d ON d.day = s.day
    GROUP BY s.cube_id
), touched AS MATERIALIZED (
    SELECT t.kind, t.day FROM span, sems.stale_days(span.since, span.until) AS t
), month AS MATERIALIZED (
    SELECT m.kind, m.month, m.bytes FROM span, sems.countable_months(span.since, span.until) AS m
), dirty AS (
    SELECT c.cube_id, d.day, d.starts_at, d.ends_at, s.day IS NOT NULL AS counted,
        s.counted_at > now() - CASE WHEN d.ends_at > now() - interval '1 day' THEN interval '10 minutes'
            ELSE interval '2 minutes' END AND s.counted_at <= now() AS recent, coalesce(m.bytes, 0) AS bytes
    FROM cube AS c
    CROSS JOIN day AS d
    CROSS JOIN span
    CROSS JOIN LATERAL (SELECT c.kind = 'activity' AND d.starts_at = span.since AS is_reached) AS r
    LEFT JOIN month AS m ON m.kind = c.kind AND m.month = d.month
    LEFT JOIN sems.counted_day AS s ON s.cube_id = c.cube_id AND s.day = d.day
    LEFT JOIN touched AS t ON t.kind = c.kind AND t.day = d.day
    WHERE (m.kind IS NOT NULL OR (r.is_reached AND NOT EXISTS (SELECT FROM sems.purge_certificate AS p
            WHERE p.kind = c.kind AND p.month = d.month)))
        AND ((s.day IS NULL AND (m.bytes > 0 OR r.is_reached)) OR s.is_stale
            OR (s.day IS NOT NULL AND t.day IS NOT NULL))
)
SELECT c.digest, c.cube_id, d.day, d.starts_at, d.ends_at, d.counted::int, d.recent::int, d.bytes / 30 AS bytes, k.version
FROM cube AS c LEFT JOIN dirty AS d USING (cube_id) LEFT JOIN counted AS k USING (cube_id)
ORDER BY c.cube_id, d.day
