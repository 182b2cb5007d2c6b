# What one would take instead of semsd, with the same rows into the same tables by the same role.
# bench.sh sources this: it has $work, $database, $writer, $seconds, $lines and $failed.
# shellcheck shell=bash disable=SC2154,SC2034
peer_rows=${BENCH_PEER_ROWS:-500000}
columns=

now_us() { echo "${EPOCHREALTIME/[.,]/}"; }
count_rows() { psql -XAtq "$database" -c 'SELECT count(*) FROM sems.tip_event'; }
start_peer() { # name
	say "  $1"
	"$bin/semsbench" empty --database "$database" || failed=1
	started=$(now_us)
}
# Only what arrived counts; that it is what was sent is the caller's to check.
end_peer() { # name expected-rows
	local took arrived
	took=$(($(now_us) - started))
	arrived=$(count_rows)
	[ "$arrived" = "$2" ] || say "  $1: $arrived of $2 rows arrived"
	"$bin/semsbench" note --name "$1" --records "$arrived" \
		--seconds "$((took / 1000000)).$(printf %06d $((took % 1000000)))" >>"$lines"
}

# The rows of the other measurements, as a file.
make_csv() {
	columns=$(psql -XAtq "$database" -c "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
	    FROM pg_attribute WHERE attrelid = 'sems.tip_event'::regclass AND attnum > 0
	    AND NOT attisdropped")
	"$bin/semsbench" copy --database "$database" --writer "$writer" --fresh --frame "$copy_rows" \
		--records "$peer_rows" >/dev/null &&
		psql -Xq "$database" -c "\\copy (SELECT $columns FROM sems.tip_event) TO '$work/rows.csv' (FORMAT csv)"
}

peer_psql() {
	start_peer "psql \\copy of a CSV"
	psql -Xq "$writer" -c "\\copy sems.tip_event ($columns) FROM '$work/rows.csv' (FORMAT csv)" ||
		failed=1
	end_peer "psql \\copy of a CSV" "$peer_rows"
}

# Transactions of one INSERT each, prepared; the values are one event's but for its identity. No
# colons: pgbench takes what follows one for a variable, also inside quotes.
peer_pgbench() { # clients
	local name="single-row INSERT, pgbench with $1 clients" processed
	psql -XAtq "$database" -c "SELECT format(
	    'INSERT INTO sems.tip_event (%s) VALUES (%s);', string_agg(quote_ident(key), ', '),
	    string_agg(CASE key WHEN 'record_id' THEN 'gen_random_uuid()'
	        WHEN 'occurred_at' THEN quote_literal(replace(value, ':', '')) || '::timestamptz + :n * interval ''1 ms'''
	        WHEN 'source_record_id' THEN '(:n)::text'
	        ELSE quote_nullable(replace(value, ':', '')) END, ', '))
	    FROM jsonb_each_text((SELECT to_jsonb(t) FROM (SELECT * FROM sems.tip_event LIMIT 1) AS t))" \
		>"$work/insert.sql"
	sed -i '1i \\\\set n random(0, 1000000000)' "$work/insert.sql"
	start_peer "$name"
	pgbench -n -M prepared -c "$1" -j "$1" -T "$seconds_whole" -f "$work/insert.sql" "$writer" \
		>"$work/pgbench.log" 2>&1 || { failed=1; cat "$work/pgbench.log" >&2; }
	processed=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$work/pgbench.log")
	end_peer "$name" "$processed"
}

seconds_whole=${seconds%.*}
[ "${seconds_whole:-0}" -gt 0 ] || seconds_whole=1
if make_csv; then
	for clients in 1 10; do
		peer_pgbench "$clients"
		make_csv
	done
	peer_psql
else
	failed=1
fi
