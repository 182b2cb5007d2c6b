-- Sets targets: appended, and only where they differ from the one that holds.
-- $1: [{"metric", "value" or "low" and "high", "approved_by", "from_quarter", "of"}]; of a target given twice the last counts. $2: who
-- sets them.
WITH given AS (
    SELECT DISTINCT ON (g.metric, g.from_quarter) g.metric, g.value, g.low, g.high, g.approved_by, g.from_quarter, g.of
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (metric text, value double precision, low double precision, high double precision, approved_by text,
            from_quarter text, of text))
        WITH ORDINALITY AS g (metric, value, low, high, approved_by, from_quarter, of, n)
    ORDER BY g.metric, g.from_quarter, g.n DESC
), old AS (
    SELECT DISTINCT ON (t.metric, t.from_quarter) t.metric, t.from_quarter, t.value, t.low, t.high, t.approved_by,
        t.of_part
    FROM sems.target AS t
    ORDER BY t.metric, t.from_quarter, t.target_id DESC
), put AS (
    INSERT INTO sems.target (metric, value, low, high, approved_by, from_quarter, of_part, set_by)
    SELECT g.metric, g.value, g.low, g.high, g.approved_by, g.from_quarter, g.of, $2::text
    FROM given AS g LEFT JOIN old USING (metric, from_quarter)
    WHERE (old.value, old.low, old.high, old.approved_by, old.of_part)
        IS DISTINCT FROM (g.value, g.low, g.high, g.approved_by, g.of)
    RETURNING metric, from_quarter
)
SELECT count(*) FILTER (WHERE old.metric IS NULL) AS added,
    count(*) FILTER (WHERE old.metric IS NOT NULL) AS changed
FROM put LEFT JOIN old USING (metric, from_quarter)
