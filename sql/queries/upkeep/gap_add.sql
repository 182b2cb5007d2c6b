-- Notes a period that may lack records. $1, $2: from and to, in Unix milliseconds; $3: why; $4: who.
SELECT sems.add_gap(to_timestamp($1::bigint / 1000.0), to_timestamp($2::bigint / 1000.0), $3, $4)
