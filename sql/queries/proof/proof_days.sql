-- The kinds and days that the revision $2 of the quarter $1 has leaves of, and how many, in the order of proof.
SELECT kind, to_char(day, 'YYYY-MM-DD'), n FROM sems.spd_leaves
WHERE quarter = $1 AND revision = $2::int ORDER BY kind COLLATE "C", day
