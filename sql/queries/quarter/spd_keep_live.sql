-- Keeps the quarter $1 as computed as of $2: its document $3.
INSERT INTO sems.spd_live (quarter, as_of, document) VALUES ($1, $2::timestamptz, $3)
ON CONFLICT (quarter) DO UPDATE SET as_of = excluded.as_of, document = excluded.document
