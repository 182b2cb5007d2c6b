-- Every time a finding of the register was verified in the period, with the civil days since it was found, or, where
-- nobody said when, raised.
SELECT v.folded ->> 'site_id' AS site_id, v.folded ->> 'measure_code' AS measure,
    v.folded ->> 'provider_id' AS provider_id,
    v.folded ->> 'severity' AS severity, v.folded ->> 'origin' AS origin, v.valid AS counted_at,
    (v.valid AT TIME ZONE e.zone)::date
        - coalesce((v.folded ->> 'detected_on')::date, (r.valid AT TIME ZONE e.zone)::date) AS age_days
FROM sems.entity AS e CROSS JOIN sems.case_event AS v JOIN sems.case_event AS r ON r.number = v.number AND r.step = 1
WHERE v.kind = 'finding' AND v.event = 'VERIFY' AND v.valid >= $1::timestamptz AND v.valid < $2::timestamptz
