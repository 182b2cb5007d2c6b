-- Notes that nothing is missing any more, or never will come. $1: which; $2: the daemon's clock;
-- $3: who; $4: why.
SELECT sems.resolve_gap($1::bigint, $2::timestamptz, $3, $4)
