-- Keeps the proof $1 of the quarter $2 and its revision $3: encoding $4, columns $5, leaves $6; root $7, the
-- one before $8 and signature $9 in hexadecimal; key $10.
INSERT INTO sems.spd_proof (number, quarter, revision, encoding, columns, leaves, root, previous, signature,
    key_id)
VALUES ($1::bigint, $2, $3::int, $4::int, $5::jsonb, $6::bigint, decode($7, 'hex'), decode($8, 'hex'),
    decode($9, 'hex'), $10)
