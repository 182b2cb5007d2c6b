-- A quarter of TIP events as 300 lanes of five sites and a thousand screeners would make them, with
-- the lanes' sessions, put straight into the tables. A lane numbers its events; one in ten
-- thousand is lost. :from and :upto number the events of all :rows.
\set ON_ERROR_STOP 1
SET timezone = 'UTC';
INSERT INTO sems.tip_event (record_id, source, schema_version, site_id, measure_code, occurred_at,
    "precision", device_id, device_model, stream, screener_id, event_no, image_id, library_id,
    library_version, image_type, threat_category, response_ms, time_limit_ms, outcome, abort_reason,
    received_at, received_from)
SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid,
    'lane-' || lane, 1, 'site-' || lane % 5, CASE WHEN lane % 10 = 0 THEN '5.3' ELSE '4.1' END,
    to_timestamp(ms / 1000.0), 'SECOND', 'xr-' || lane, 'model-' || lane % 4,
    CASE WHEN lane % 10 = 0 THEN 'HOLD' ELSE 'CABIN' END,
    -- Whoever sits at the lane for these twenty minutes: one of the site's two hundred.
    decode(md5(lane % 5 || ' ' || abs(hashint4(lane * 7919 + (ms / 1200000)::int)) % 200), 'hex'),
    i / 300 + 1 + i / 3000000, 'image-' || a % 900, 'library',
    CASE WHEN ms < 1778900000000 THEN '2026a' ELSE '2026b' END,
    CASE WHEN a % 5 = 0 THEN 'CTI' ELSE 'FTI' END,
    (ARRAY['GUN', 'BLADE', 'IED', 'IED_COMPONENT', 'LAG', 'OTHER_PROHIBITED'])[1 + a % 6],
    CASE WHEN b % 100 < 97 THEN 700 + b % 4000 + b / 4000 % 2500 + b / 10000000 % 1800 END, 15000,
    CASE WHEN b % 100 < 78 THEN 'HIT' WHEN b % 100 < 90 THEN 'MISS_DECIDED'
	WHEN b % 100 < 97 THEN 'MISS_TIMEOUT' ELSE 'ABORTED' END,
    CASE WHEN b % 100 >= 97 THEN (ARRAY['LOGOFF', 'BELT_STOP', 'IMAGE_REJECTED'])[1 + b % 3] END,
    to_timestamp(ms / 1000.0) + interval '2 seconds', 'bench'
FROM (
    SELECT i, h, ms, lane, ('x' || substr(h, 20, 7))::bit(28)::int AS a,
	('x' || substr(h, 12, 7))::bit(28)::int AS b
    FROM (
	SELECT i, md5(i::text) AS h, i % 300 AS lane,
	    1774998000000 + (i * (91 * 86400000.0 / :rows))::bigint AS ms
	FROM generate_series(:from, :upto) AS i
    ) AS event
) AS event;
