-- Notes what is known of a key, unless something is. $1: its name; $2: its check, in hexadecimal.
INSERT INTO sems.key_check (name, key_check) VALUES ($1, decode($2, 'hex')) ON CONFLICT DO NOTHING
