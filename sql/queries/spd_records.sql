-- What was stored for a period, by kind, and what became of it.
SELECT k.kind, count(r.kind) FILTER (WHERE NOT r.correction) AS received,
    count(r.kind) FILTER (WHERE r.effective) AS effective,
    count(r.kind) FILTER (WHERE r.corrected) AS corrected,
    count(r.kind) FILTER (WHERE r.voided) AS voided,
    count(r.kind) FILTER (WHERE NOT r.correction AND r.received_at >= $2::timestamptz) AS late
FROM sems.kind k
LEFT JOIN sems.spd_received r ON r.kind = k.kind
    AND r.counted_at >= $1::timestamptz AND r.counted_at < $2::timestamptz
WHERE k.kind <> 'void'
GROUP BY k.kind
ORDER BY k.kind
