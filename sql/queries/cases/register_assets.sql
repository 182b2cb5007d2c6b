-- A page of the key assets and process maps of the register that are in force. $1 to $5: as of register_scenarios.sql.
WITH q AS MATERIALIZED (
    SELECT sems.end_of($1, 'infinity') AS so_before, sems.end_of($2, 'infinity') AS told_before
), found AS MATERIALIZED (
    SELECT x.*, c.year, c.serial FROM q
    CROSS JOIN LATERAL sems.cases_of('{asset,process_map}', q.so_before, q.told_before, NULL) AS x
    JOIN sems.case_file AS c USING (number)
    WHERE x.state = 'IN_FORCE' AND ($5::text IS NULL OR x.number = $5::text)
        AND ($3::text IS NULL OR (c.kind, c.year, c.serial) > (SELECT a.kind, a.year, a.serial FROM sems.case_file AS a WHERE a.number = $3::text))
    ORDER BY c.kind, c.year, c.serial LIMIT $4::int
), serves AS MATERIALIZED (
    SELECT n AS asset, jsonb_agg(s.number ORDER BY s.number) AS scenarios
    FROM q CROSS JOIN LATERAL sems.cases_of('{scenario}', q.so_before, q.told_before, NULL) AS s
    CROSS JOIN LATERAL unnest(string_to_array(s.folded ->> 'assets', ' ')) AS n
    WHERE s.state = 'IN_FORCE' GROUP BY n
)
SELECT jsonb_build_object('more', (SELECT count(*) FROM found) = $4::int,
    'last', (SELECT f.number FROM found AS f ORDER BY f.kind DESC, f.year DESC, f.serial DESC LIMIT 1),
    'assets', coalesce((SELECT jsonb_agg(jsonb_strip_nulls((f.folded - '{asset_class,target_rating}'::text[]) || jsonb_build_object('number', f.number,
            'class', f.folded ->> 'asset_class', 'vulnerability', f.folded ->> 'target_rating',
            'scenarios', (SELECT v.scenarios FROM serves AS v WHERE v.asset = f.number))) ORDER BY f.year, f.serial)
        FROM found AS f WHERE f.kind = 'asset'), '[]'),
    'process_maps', coalesce((SELECT jsonb_agg(jsonb_strip_nulls((f.folded - '{journey,steps,scenarios}'::text[]) || jsonb_build_object('number', f.number,
            'of', f.folded ->> 'journey', 'steps', sems.table_of(f.folded ->> 'steps', 'step', 'threat', 'warning', 'control'),
            'scenarios', to_jsonb(string_to_array(f.folded ->> 'scenarios', ' ')))) ORDER BY f.year, f.serial)
        FROM found AS f WHERE f.kind = 'process_map'), '[]'))
