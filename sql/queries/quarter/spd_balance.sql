-- Findings open at the start of a period, raised in it (opened again ones included), closed, and open at
-- its end, as the last audit to list each before either instant left it. A finding that was corrected
-- and not verified is open.
WITH listed AS (
    SELECT l.owner, l.site_id, l.finding_id, l.counted_at, l.record_id,
        l.state IN ('OPEN', 'CORRECTED') AS is_open
    FROM sems.spd_listed_finding l WHERE l.counted_at < $2::timestamptz
), at_end AS (
    SELECT DISTINCT ON (l.owner, l.site_id, l.finding_id) l.owner, l.site_id, l.finding_id, l.is_open
    FROM listed l
    ORDER BY l.owner, l.site_id, l.finding_id, l.counted_at DESC, l.record_id DESC
), at_start AS (
    SELECT DISTINCT ON (l.owner, l.site_id, l.finding_id) l.owner, l.site_id, l.finding_id, l.is_open
    FROM listed l WHERE l.counted_at < $1::timestamptz
    ORDER BY l.owner, l.site_id, l.finding_id, l.counted_at DESC, l.record_id DESC
)
SELECT 'FINDINGS', count(*) FILTER (WHERE s.is_open),
    count(*) FILTER (WHERE s.is_open IS NULL OR (NOT s.is_open AND e.is_open)),
    count(*) FILTER (WHERE s.is_open IS NOT FALSE AND NOT e.is_open),
    count(*) FILTER (WHERE e.is_open)
FROM at_end e LEFT JOIN at_start s USING (owner, site_id, finding_id)
HAVING count(*) > 0
UNION ALL
-- The same of actions: what is closed or rejected is open no more.
SELECT 'ACTIONS', count(*) FILTER (WHERE NOT s.is_over),
    count(*) FILTER (WHERE s.is_over IS NULL OR (s.is_over AND NOT e.is_over)),
    count(*) FILTER (WHERE s.is_over IS NOT TRUE AND e.is_over),
    count(*) FILTER (WHERE NOT e.is_over)
FROM sems.cases_at($2::timestamptz, 'infinity') AS e
LEFT JOIN sems.cases_at($1::timestamptz, 'infinity') AS s USING (number)
WHERE e.kind = 'action'
HAVING count(*) > 0
