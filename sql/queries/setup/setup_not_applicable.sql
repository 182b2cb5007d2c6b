-- Declares metrics as not applicable, or as applicable again: appended, and only where it differs from what holds.
-- $1: [{"metric", "applies", "reason", "declared_by", "from_quarter"}]; of a metric given twice the last counts. $2:
-- who sets them.
WITH given AS (
    SELECT DISTINCT ON (g.metric, g.from_quarter) g.metric, g.applies, g.reason, g.declared_by, g.from_quarter
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (metric text, applies boolean, reason text, declared_by text, from_quarter text))
        WITH ORDINALITY AS g (metric, applies, reason, declared_by, from_quarter, n)
    ORDER BY g.metric, g.from_quarter, g.n DESC
), old AS (
    SELECT DISTINCT ON (t.metric, t.from_quarter) t.metric, t.from_quarter, t.applies, t.reason, t.declared_by
    FROM sems.not_applicable AS t
    ORDER BY t.metric, t.from_quarter, t.declaration_id DESC
), put AS (
    INSERT INTO sems.not_applicable (metric, applies, reason, declared_by, from_quarter, set_by)
    SELECT g.metric, g.applies, g.reason, g.declared_by, g.from_quarter, $2::text
    FROM given AS g LEFT JOIN old USING (metric, from_quarter)
    WHERE (old.applies, old.reason, old.declared_by) IS DISTINCT FROM (g.applies, g.reason, g.declared_by)
    RETURNING metric, from_quarter
)
SELECT count(*) FILTER (WHERE old.metric IS NULL) AS added,
    count(*) FILTER (WHERE old.metric IS NOT NULL) AS changed
FROM put LEFT JOIN old USING (metric, from_quarter)
