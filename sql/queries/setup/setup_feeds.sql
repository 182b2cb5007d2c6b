-- Registers what sources are expected to send. $1: [{"source", "kind", "site_id", "every_hours",
-- "from_day", "until_day"}]; of a feed given twice the last counts.
WITH given AS (
    SELECT DISTINCT ON (g.source, g.kind, g.from_day) g.source, g.kind, g.site_id, g.every_hours,
        g.from_day, g.until_day
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (source text, kind text, site_id text,
        every_hours int, from_day date, until_day date))
        WITH ORDINALITY AS g (source, kind, site_id, every_hours, from_day, until_day, n)
    ORDER BY g.source, g.kind, g.from_day, g.n DESC
), put AS (
    INSERT INTO sems.expected_feed AS f (source, kind, site_id, every_hours, from_day, until_day)
    SELECT source, kind, site_id, every_hours, from_day, until_day FROM given
    ON CONFLICT (source, kind, from_day) DO UPDATE SET site_id = excluded.site_id,
        every_hours = excluded.every_hours, until_day = excluded.until_day
        WHERE (f.site_id, f.every_hours, f.until_day)
            IS DISTINCT FROM (excluded.site_id, excluded.every_hours, excluded.until_day)
    RETURNING (f.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
