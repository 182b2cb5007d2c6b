-- The key $1 may sign from now on. $2: its public half, in hexadecimal.
INSERT INTO sems.signing_key (key_id, public_key) VALUES ($1, decode($2, 'hex'))
ON CONFLICT (key_id) DO NOTHING
