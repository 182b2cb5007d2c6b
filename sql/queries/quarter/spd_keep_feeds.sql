-- Counts and keeps feeds of the quarter $1, as much of them as $2 bytes have, unless another semsd is at
-- it; and the numbers of records of all days that are over, by which doubles are found. How much is left to do; null: another has the turn.
SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('sems.keep_feeds'))
    THEN sems.keep_feeds(min(d.starts_at), max(d.ends_at), $2::bigint)
        + sems.keep_keys($2::bigint, false) END
FROM sems.civil_day d WHERE d.quarter = $1::text
