-- Certificates of what was dropped, oldest first, with their signatures; and which the access log has that are not
-- there any more. $1: behind this one; $2: how many; $3: this one alone, or NULL.
WITH page AS (
    SELECT c AS certificate, c.certificate_no, s.key_id, s.signature
    FROM sems.purge_certificate AS c LEFT JOIN sems.purge_signature AS s USING (certificate_no)
    WHERE c.certificate_no > $1::bigint AND ($3::bigint IS NULL OR c.certificate_no = $3::bigint)
    ORDER BY c.certificate_no LIMIT $2::int
)
SELECT jsonb_build_object(
    'total', (SELECT count(*) FROM sems.purge_certificate),
    'next', (SELECT CASE WHEN count(*) = $2::int THEN max(p.certificate_no) END FROM page AS p),
    'missing', (SELECT coalesce(jsonb_agg(DISTINCT (a.line::jsonb -> 'is' ->> 'certificate_no')::bigint), '[]')
        FROM sems.access_log AS a WHERE a.what = 'retention.drop' AND NOT EXISTS (SELECT FROM sems.purge_certificate AS c
            WHERE c.certificate_no = (a.line::jsonb -> 'is' ->> 'certificate_no')::bigint)),
    'certificates', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(sems.certificate_statement(p.certificate)::jsonb
            || jsonb_build_object('statement', sems.certificate_statement(p.certificate), 'key_id', p.key_id,
                'signature', encode(p.signature, 'hex'))) ORDER BY p.certificate_no), '[]') FROM page AS p))
