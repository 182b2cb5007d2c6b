-- Keeps the revision $2 of the quarter $1: its document $3, the document's digest $4 in hexadecimal, as of $5,
-- by $6, why $7.
INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, created_by, reason)
VALUES ($1, $2::int, $3, decode($4, 'hex'), $5::timestamptz, $6, $7)
