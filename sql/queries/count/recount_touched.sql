-- Takes the days that the log names out of the counts that may be used, notes that their records' numbers are
-- to be kept, and takes those entries that this snapshot sees out of the log.
WITH touched AS MATERIALIZED (
    SELECT t.kind, t.day FROM sems.touched_days('-infinity', 'infinity') AS t
), stale AS (
    UPDATE sems.counted_day AS s SET is_stale = true
    FROM sems.stale_days('-infinity', 'infinity') AS t JOIN sems.cube AS c ON c.kind = t.kind
    WHERE s.cube_id = c.cube_id AND s.day = t.day AND NOT s.is_stale
    RETURNING s.day
), feeds AS (
    DELETE FROM sems.counted_feed_day AS f USING touched AS t WHERE f.day = t.day RETURNING f.day
), quarters AS (
    -- Of which quarter a plan is, the log does not say.
    DELETE FROM sems.counted_feed_quarter AS q
    WHERE EXISTS (SELECT FROM touched AS t WHERE t.kind = 'plan')
        OR q.quarter IN (SELECT d.quarter FROM sems.civil_day AS d JOIN touched AS t ON t.day = d.day)
    RETURNING q.quarter
), turn AS (
    -- Whoever keeps feeds meanwhile has not seen these entries, and must not.
    UPDATE sems.feed_turn SET n = n + 1 WHERE EXISTS (SELECT FROM sems.touched_day) RETURNING n
), keys AS (
    INSERT INTO sems.unkeyed_day SELECT t.kind, t.day FROM touched AS t
    JOIN sems.civil_day AS d ON d.day = t.day
    WHERE t.kind NOT IN ('void', 'confirmation')
        AND to_regclass('sems.' || t.kind || '_' || to_char(d.month, 'YYYYMM')) IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING day
), gone AS (
    DELETE FROM sems.touched_day RETURNING mark_id
)
SELECT (SELECT count(*) FROM stale), (SELECT count(*) FROM gone)
