-- The frozen revisions among whose leaves a record is. $1: record_id; $2: source; $3: 1 when tests
-- under embargo may be known.
WITH d AS (
    SELECT c.day FROM sems.civil_day c
    WHERE c.starts_at <= sems.uuid_time($1::uuid) AND c.ends_at > sems.uuid_time($1::uuid)
), l AS (
    SELECT x.quarter, x.revision, x.kind, x.sources, x.leaves,
        position(uuid_send($1::uuid) IN x.leaves) AS at
    FROM sems.spd_leaves x
    WHERE (sems.tells_of_tests(x.kind) AND $3::int = 1) OR (NOT sems.tells_of_tests(x.kind) AND x.day = (SELECT d.day FROM d))
)
SELECT l.kind, l.quarter, l.revision, s.state, encode(substr(l.leaves, l.at + 20, 32), 'hex'),
    sems.rfc3339(s.as_of),
    l.sources[('x' || encode(substr(l.leaves, l.at + 16, 4), 'hex'))::bit(32)::int]
FROM l LEFT JOIN sems.spd_status s ON (s.quarter, s.revision) = (l.quarter, l.revision)
WHERE l.at > 0 AND (l.at - 1) % 52 = 0
    AND ($2::text IS NULL
    OR l.sources[('x' || encode(substr(l.leaves, l.at + 16, 4), 'hex'))::bit(32)::int] = $2::text)
ORDER BY l.quarter, l.revision
