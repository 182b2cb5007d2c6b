-- Makes cubes known: digests $1, names $2, kinds $3, whether they are of persons $4.
INSERT INTO sems.cube (digest, name, kind, is_personal)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[])
ON CONFLICT (digest) DO NOTHING
