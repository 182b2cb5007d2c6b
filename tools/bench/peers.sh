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
write_insert() {
	make_csv
	echo '\set n random(0, 1000000000)' >"$work/insert.sql"
	psql -XAtq "$database" -c "SELECT format(
	    'INSERT INTO sems.tip_event (%s) VALUES (%s);', string_agg(quote_ident(key), ', '),
	    string_agg(CASE key WHEN 'record_id' THEN 'gen_random_uuid()'
	        WHEN 'occurred_at' THEN
	            quote_literal(replace(value, ':', '')) || '::timestamptz + :n * interval ''1 ms'''
	        WHEN 'source_record_id' THEN '(:n)::text'
	        ELSE quote_nullable(replace(value, ':', '')) END, ', '))
	    FROM jsonb_each_text((SELECT to_jsonb(t) FROM (SELECT * FROM sems.tip_event LIMIT 1) AS t))" \
		>>"$work/insert.sql"
}
peer_pgbench() { # clients
	local name="single-row INSERT, pgbench with $1 clients" processed
	start_peer "$name"
	pgbench -n -M prepared -c "$1" -j "$1" -T "$seconds_whole" -f "$work/insert.sql" "$writer" \
		>"$work/pgbench.log" 2>&1 || { failed=1; cat "$work/pgbench.log" >&2; }
	processed=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$work/pgbench.log")
	end_peer "$name" "$processed"
}

# A service in JavaScript over 10 connections: what it acknowledged must have arrived.
peer_node() {
	local name="Node.js, pg-copy-streams, 10 connections" server socket=$work/node.sock until
	start_peer "$name"
	PGHOST=$data/run PGPORT=5432 PGUSER=semsd PGDATABASE=sems \
		PGOPTIONS="-c role=sems_ingest -c timezone=UTC" NODE_PATH=build/peers/node_modules \
		node tools/bench/node_peer.js serve "$socket" "$columns" >"$work/node.log" 2>&1 &
	server=$!
	until=$((SECONDS + 10))
	until [ -S "$socket" ] || [ "$SECONDS" -ge "$until" ]; do sleep 0.1; done
	node tools/bench/node_peer.js send "$socket" "$work/rows.csv" 10 >"$work/node.out" || failed=1
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	read -r acknowledged took <"$work/node.out"
	[ "$(count_rows)" = "${acknowledged:-0}" ] || {
		say "bench: $name: acknowledged ${acknowledged:-nothing}, arrived $(count_rows)"
		cat "$work/node.log" >&2
		failed=1
		return
	}
	"$bin/semsbench" note --name "$name" --connections 10 --records "$acknowledged" \
		--seconds "$took" >>"$lines"
}

# rsyslog reads the rows as lines of a file and INSERTs them, a transaction for each batch.
peer_rsyslog() {
	local name="rsyslog with ompgsql" server until n=0 before=-1
	psql -XAtq "$database" -c "SELECT format('INSERT INTO sems.tip_event (%s) VALUES (%s)',
	    string_agg(quote_ident(attname), ', ' ORDER BY n),
	    string_agg(format('NULLIF(''%%msg:F,44:%s%%'', ''-'')::%s', n,
	        format_type(atttypid, atttypmod)), ', ' ORDER BY n))
	    FROM (SELECT *, row_number() OVER (ORDER BY attnum) AS n FROM pg_attribute
	    WHERE attrelid = 'sems.tip_event'::regclass AND attnum > 0 AND NOT attisdropped) AS c" \
		>"$work/template"
	sed 's/,,/,-,/g; s/,,/,-,/g; s/^,/-,/; s/,$/,-/' "$work/rows.csv" >"$work/rows.log"
	cat >"$work/rsyslog.conf" <<-END
		global(workDirectory="$work")
		module(load="imfile")
		module(load="ompgsql")
		template(name="row" type="string" option.stdsql="on" string="$(sed 's/"/\\"/g' "$work/template")")
		ruleset(name="rows") {
			action(type="ompgsql" template="row"
			    conninfo="postgresql://semsd@/sems?host=$data/run&port=5432"
			    queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="1000"
			    action.resumeRetryCount="3")
		}
		input(type="imfile" file="$work/rows.log" tag="rows" ruleset="rows")
	END
	start_peer "$name"
	PGOPTIONS="-c role=sems_ingest -c timezone=UTC" rsyslogd -n -f "$work/rsyslog.conf" -i "$work/rsyslog.pid" >"$work/rsyslog.out" 2>&1 &
	server=$!
	until=$((SECONDS + 120))
	while [ "$n" -lt "$peer_rows" ] && [ "$SECONDS" -lt "$until" ]; do
		sleep 0.5
		before=$n
		n=$(count_rows)
		# The first seconds go by before it reads at all.
		[ "$n" != "$before" ] || [ "$SECONDS" -lt $((until - 110)) ] || break
	done
	end_peer "$name" "$peer_rows"
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	[ "$n" -gt 0 ] || { head -n 5 "$work/rsyslog.out" >&2; failed=1; }
}

seconds_whole=${seconds%.*}
[ "${seconds_whole:-0}" -gt 0 ] || seconds_whole=1
wanted_peer() { case " $BENCH_PEERS " in *" all "* | *" $1 "*) true ;; *) false ;; esac; }
have() { # what-is-it command-that-succeeds-when-it-is-there...
	local what=$1
	shift
	"$@" >/dev/null 2>&1 || { say "  left out: $what is not installed (make bench-peers does it)"; false; }
}

make_csv || failed=1
! wanted_peer psql || peer_psql
! wanted_peer node || ! have "pg for Node.js" test -d build/peers/node_modules/pg || peer_node
! wanted_peer rsyslog || ! have rsyslog command -v rsyslogd || peer_rsyslog
if wanted_peer pgbench && have pgbench command -v pgbench; then
	write_insert
	for clients in 1 10; do peer_pgbench "$clients"; done
fi
