-- Keeps the signature of a certificate. $1: its number; $2: the key's id; $3: the signature, in hexadecimal digits.
INSERT INTO sems.purge_signature VALUES ($1::bigint, $2, decode($3, 'hex'))
