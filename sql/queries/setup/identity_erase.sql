-- Takes a person out of the map for good; whether he was in it. $1: who; $2: his pseudonyms, as a JSON array of
-- hexadecimal digits; $3: why; $4: by whom.
SELECT identity.erase($1, ARRAY(SELECT jsonb_array_elements_text($2::jsonb)), $3, $4)::int
