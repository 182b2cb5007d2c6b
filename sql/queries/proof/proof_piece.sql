-- $6 bytes from byte $5 on, counted from 1, of the leaves of the kind $3 and day $4, as the revision $2 of the
-- quarter $1 has them, in hexadecimal.
SELECT encode(substr(leaves, $5::int, $6::int), 'hex') FROM sems.spd_leaves
WHERE quarter = $1 AND revision = $2::int AND kind = $3 AND day = $4::date
