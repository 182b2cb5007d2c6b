-- A page of the chain, as it is kept: the line is the text whose digest was taken. $1: the number of the entry before;
-- $2: how many. With the heads that frozen documents have, and how many entries are linked to nothing.
WITH page AS (
    SELECT l.number, encode(l.sha256, 'hex') AS sha256, a.line
    FROM sems.access_link l LEFT JOIN sems.access_log a USING (entry_id)
    WHERE l.number > $1::bigint ORDER BY l.number LIMIT $2::int
)
SELECT jsonb_build_object('entries', (SELECT coalesce(jsonb_agg(jsonb_build_object('number', p.number,
    'sha256', p.sha256, 'line', p.line) ORDER BY p.number), '[]') FROM page AS p),
    'next', (SELECT CASE WHEN count(*) = $2::int THEN max(p.number) END FROM page AS p),
    'unlinked', CASE WHEN $1::bigint = 0 THEN (SELECT count(*) FROM sems.access_log a
        WHERE NOT EXISTS (SELECT FROM sems.access_link l WHERE l.entry_id = a.entry_id)) END)
