-- Another event of a revision; the database checks it once more and says what it leads to.
INSERT INTO sems.spd_event (quarter, revision, made_by, action, metric, by_dims, text, reference, channel)
VALUES ($1, $2::int, $3, $4, nullif($5, ''), coalesce($6::jsonb, '{}'), nullif($7, ''),
    nullif($8, ''), nullif($9, ''))
RETURNING state, sems.rfc3339(at)
