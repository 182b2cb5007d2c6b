-- How far this semsd had come, compared with this database, and the next mark. $1: the semsd; $2: the
-- mark it knows, 0 for none; $3: since when it writes here; $4: until when it answered; $5: the server
-- it knows; $6: all that was received before is committed; $7, $8: the mark after which its clock was set
-- back, and to when, or null.
SELECT n.mark, n.server, n.gap_id, n.lacks_from, n.lacks_to
FROM sems.note_mark($1::uuid, $2::bigint, $3::timestamptz, $4::timestamptz, $5, $6::timestamptz,
    $7::bigint, $8::timestamptz) AS n
