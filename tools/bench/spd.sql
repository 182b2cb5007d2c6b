-- A quarter of TIP events as 300 lanes of five sites and a thousand screeners would make them, with
-- the lanes' sessions, put straight into the tables. A lane numbers its events; one in ten
-- thousand is lost. :from and :upto number the events of all :rows. What is at random comes of hashes of
-- numbers, pseudonyms of an array: digests of texts took most of the time that filling took.
\set ON_ERROR_STOP 1
SET timezone = 'UTC';
INSERT INTO sems.tip_event (record_id, source, schema_version, site_id, measure_code, occurred_at,
    "precision", device_id, device_model, stream, screener_id, event_no, image_id, library_id,
    library_version, image_type, threat_category, response_ms, time_limit_ms, outcome, abort_reason,
    received_at, received_from)
WITH person AS MATERIALIZED (
    SELECT array_agg(decode(md5(s || ' ' || n), 'hex') ORDER BY s, n) AS of
    FROM generate_series(0, 4) AS s, generate_series(0, 199) AS n
)
SELECT (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(a & 4095), 3, '0') || '8'
	|| lpad(to_hex((b::bigint << 31) | c), 15, '0'))::uuid,
    'lane-' || lane, 1, 'site-' || lane % 5, CASE WHEN lane % 10 = 0 THEN '5.3' ELSE '4.1' END,
    at, 'SECOND', 'xr-' || lane, 'model-' || lane % 4,
    CASE WHEN lane % 10 = 0 THEN 'HOLD' ELSE 'CABIN' END,
    -- Whoever sits at the lane for these twenty minutes: one of the site's two hundred.
    p.of[1 + lane % 5 * 200 + abs(hashint4(lane * 7919 + (ms / 1200000)::int)) % 200],
    i / 300 + 1 + i / 3000000, 'image-' || a % 900, 'library',
    CASE WHEN ms < 1778900000000 THEN '2026a' ELSE '2026b' END,
    CASE WHEN a % 5 = 0 THEN 'CTI' ELSE 'FTI' END,
    (ARRAY['GUN', 'BLADE', 'IED', 'IED_COMPONENT', 'LAG', 'OTHER_PROHIBITED'])[1 + a % 6],
    CASE WHEN b % 100 < 97 THEN 700 + b % 4000 + b / 4000 % 2500 + b / 10000000 % 1800 END, 15000,
    CASE WHEN b % 100 < 78 THEN 'HIT' WHEN b % 100 < 90 THEN 'MISS_DECIDED'
	WHEN b % 100 < 97 THEN 'MISS_TIMEOUT' ELSE 'ABORTED' END,
    CASE WHEN b % 100 >= 97 THEN (ARRAY['LOGOFF', 'BELT_STOP', 'IMAGE_REJECTED'])[1 + b % 3] END,
    at + interval '2 seconds', 'bench'
FROM (
    SELECT i, (i % 300)::int AS lane, ms, to_timestamp(ms / 1000.0) AS at,
	hashint8(i) & 268435455 AS a, hashint8(i * 2 + 1) & 268435455 AS b, hashint8(-i) & 2147483647 AS c
    FROM (SELECT i, 1774998000000 + (i * (91 * 86400000.0 / :rows))::bigint AS ms
	FROM generate_series(:from::bigint, :upto) AS i) AS event
) AS event, person AS p;
