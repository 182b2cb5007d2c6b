-- Criteria that two observers rated of the same, criterion by criterion: observations of a period and site that
-- name the same pair, two of them, by two observers. Of the two the one that began first is the first. paired:
-- both said met or not met. An observation that names a pair and is not of two, or whose observers are or may be
-- one, is told by itself (lone).
WITH named AS MATERIALIZED (
    SELECT o.record_id, o.source COLLATE "C" AS source, o.counted_at, o.received_at, o.site_id,
        o.measure_code AS measure, o.provider_id, o.mode, o.observer_id, o.criteria, o.pair_id,
        row_number() OVER w AS place, count(*) OVER whole AS n,
        min(encode(o.observer_id, 'hex')) OVER whole <> max(encode(o.observer_id, 'hex')) OVER whole
            AND count(o.observer_id) OVER whole = 2 AS by_two
    FROM sems.effective_observation AS o
    WHERE o.counted_at >= $1::timestamptz AND o.counted_at < $2::timestamptz AND o.pair_id IS NOT NULL
    WINDOW whole AS (PARTITION BY o.site_id, o.pair_id),
        w AS (PARTITION BY o.site_id, o.pair_id ORDER BY o.counted_at, o.record_id, o.source COLLATE "C")
), rated AS (
    SELECT n.*, c.criterion_id COLLATE "C" AS criterion_id, c.result
    FROM named AS n
    CROSS JOIN jsonb_to_recordset(coalesce(n.criteria, '[]')) AS c (criterion_id text, result text)
    WHERE n.n = 2 AND n.by_two
)
SELECT 'observation' AS kind, a.record_id, a.source, a.counted_at, a.received_at, a.site_id, a.measure,
    a.provider_id, a.mode, a.criterion_id, false AS lone,
    a.result IN ('MET', 'NOT_MET') AND b.result IN ('MET', 'NOT_MET') AS paired, a.result = b.result AS agreed,
    a.result = 'MET' AS first_met, b.result = 'MET' AS second_met
FROM rated AS a JOIN rated AS b ON b.site_id = a.site_id AND b.pair_id = a.pair_id
    AND b.criterion_id = a.criterion_id AND b.place = 2
WHERE a.place = 1
UNION ALL
SELECT 'observation', n.record_id, n.source, n.counted_at, n.received_at, n.site_id, n.measure, n.provider_id,
    n.mode, NULL, true, false, NULL, NULL, NULL
FROM named AS n WHERE (n.n = 2 AND n.by_two) IS NOT TRUE
