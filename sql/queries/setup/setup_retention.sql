-- Sets retention policies. $1: [{"kind", "min_months", "max_months", "legal_basis"}]; of a kind given
-- twice the last counts.
WITH given AS (
    SELECT DISTINCT ON (g.kind) g.kind, g.min_months, g.max_months, g.legal_basis
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (kind text, min_months int, max_months int, legal_basis text))
        WITH ORDINALITY AS g (kind, min_months, max_months, legal_basis, n)
    ORDER BY g.kind, g.n DESC
), put AS (
    INSERT INTO sems.retention_policy AS p (kind, min_months, max_months, legal_basis)
    SELECT kind, min_months, max_months, legal_basis FROM given
    ON CONFLICT (kind) DO UPDATE SET min_months = excluded.min_months,
        max_months = excluded.max_months, legal_basis = excluded.legal_basis
        WHERE (p.min_months, p.max_months, p.legal_basis)
            IS DISTINCT FROM (excluded.min_months, excluded.max_months, excluded.legal_basis)
    RETURNING (p.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
