-- What is known of a key, in hexadecimal. $1: its name.
SELECT encode(k.key_check, 'hex') FROM sems.key_check AS k WHERE k.name = $1
