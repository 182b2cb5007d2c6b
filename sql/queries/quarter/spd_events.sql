-- What people did with the revision $2 of the quarter $1, in order.
SELECT sems.rfc3339(e.at), e.made_by, e.action,
    e.state, e.metric, e.by_dims, e.text, e.reference, e.channel, e.made_by_name, e.made_by_post,
    e.carried_from
FROM sems.spd_event e
WHERE e.quarter = $1::text AND e.revision = $2::int
ORDER BY e.step
