-- When the first of these pseudonyms was barred by an erasure; no row: none was. $1: JSON array of hexadecimal digits.
SELECT to_char(e.erased_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), g.n - 1 AS place
FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS g (pseudonym, n)
JOIN identity.erased AS x ON x.pseudonym = decode(g.pseudonym, 'hex')
JOIN identity.erasure AS e USING (erasure_id)
ORDER BY g.n LIMIT 1
