-- Decides from which weeks the limits of charts are of their own: appended, and only where it differs from what
-- holds. $1: [{"metric", "first_day", "reason", "approved_by", "withdrawn"}]; of a week given twice the last
-- counts. $2: who decides.
WITH given AS (
    SELECT DISTINCT ON (g.metric, g.first_day) g.metric, g.first_day, g.reason, g.approved_by, g.withdrawn
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (metric text, first_day date, reason text, approved_by text, withdrawn boolean))
        WITH ORDINALITY AS g (metric, first_day, reason, approved_by, withdrawn, n)
    ORDER BY g.metric, g.first_day, g.n DESC
), old AS (
    SELECT DISTINCT ON (r.metric, r.first_day) r.metric, r.first_day, r.reason, r.approved_by, r.is_withdrawn
    FROM sems.chart_rebase AS r
    ORDER BY r.metric, r.first_day, r.rebase_id DESC
), put AS (
    INSERT INTO sems.chart_rebase (metric, first_day, reason, approved_by, is_withdrawn, set_by)
    SELECT g.metric, g.first_day, g.reason, g.approved_by, g.withdrawn, $2::text
    FROM given AS g LEFT JOIN old USING (metric, first_day)
    WHERE (old.reason, old.approved_by, old.is_withdrawn) IS DISTINCT FROM (g.reason, g.approved_by, g.withdrawn)
    RETURNING metric, first_day
)
SELECT count(*) FILTER (WHERE old.metric IS NULL) AS added,
    count(*) FILTER (WHERE old.metric IS NOT NULL) AS changed
FROM put LEFT JOIN old USING (metric, first_day)
