-- Declares who has to differ from whom; appended, and only when it is not what holds.
-- $1: [{"approval", "corrections", "declared_by", "declared_on"}], or an empty list.
WITH given AS (
    SELECT g.approval, g.corrections, g.declared_by, g.declared_on
    FROM jsonb_to_recordset($1::jsonb) AS g (approval text, corrections text, declared_by text, declared_on date)
), old AS (
    SELECT p.approval, p.corrections, p.declared_by, p.declared_on FROM sems.spd_policy AS p
    ORDER BY p.policy_id DESC LIMIT 1
), put AS (
    INSERT INTO sems.spd_policy (approval, corrections, declared_by, declared_on)
    SELECT g.approval, g.corrections, g.declared_by, g.declared_on FROM given AS g
    WHERE NOT EXISTS (SELECT FROM old WHERE (old.approval, old.corrections, old.declared_by, old.declared_on)
        = (g.approval, g.corrections, g.declared_by, g.declared_on))
    RETURNING policy_id
)
SELECT (SELECT count(*) FROM put) * (NOT EXISTS (SELECT FROM old))::int AS added,
    (SELECT count(*) FROM put) * (EXISTS (SELECT FROM old))::int AS changed
