-- Claims a duty: 1 when it is due and nobody else is at it, 2 when it is set aside now. Before there is an
-- entity nothing is due. $1: the duty; $2: the daemon's clock; $3: how often. And for how many days, by that
-- clock, no duty has run; and which other semsd is about to claim it, for long when it stands still.
SELECT CASE WHEN EXISTS (SELECT FROM sems.entity)
    THEN sems.begin_duty($1, $2::timestamptz, $3::interval) ELSE 0 END,
    (SELECT extract(day FROM $2::timestamptz - max(d.last_run_at))::bigint FROM sems.duty AS d),
    sems.lock_holder('sems.duty.' || $1)
