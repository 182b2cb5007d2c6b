# Figures computed a second time, by other means, from the rows that are stored.
# shellcheck shell=bash

# Every row of every table, as JSON lines, into a folder; nothing of semsd is asked.
dump_rows() { # folder
	local table columns
	mkdir -p "$1"
	for table in observation test audit tip_event tip_session activity plan equipment_check heartbeat \
		void training deployment incident report patrol exercise case_event entity target chart_rebase quarantine \
		expected_feed confirmation spd_event spd_revision site; do
		columns='*'
		[ "$table" != spd_revision ] || columns='quarter, revision, read_until, in_flight, as_of, created_at, document'
		[ "$table" != quarantine ] || columns='source, kind, reason, record_id, received_at, state'
		"${AS_USER[@]}" env PGOPTIONS='-c timezone=UTC' psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems -c \
			"SELECT row_to_json(t) FROM (SELECT $columns FROM sems.$table) AS t" >"$1/$table.jsonl" ||
			return 1
	done
}

# A test: the documents of these quarters are what the stored rows give. 2026-Q1@2 is a frozen revision.
quarters_recompute() { # name quarter...
	local name=$1 quarter rows files=()
	shift
	rows=$(mktemp -d "$T/rows.XXXXXX")
	dump_rows "$rows" || { not_ok "$name" 'the rows cannot be read'; return; }
	for quarter; do
		# What is computed now: with figures of few persons, which are counted again, and without.
		if [ "${quarter#*@}" = "$quarter" ]; then
			files+=("$rows/$quarter.shown.json")
			ctl spd show "$quarter" --unsuppressed 'counted again' --json >"${files[-1]}" || {
				not_ok "$name" "$quarter cannot be shown"
				return
			}
		fi
		# shellcheck disable=SC2086 # words on purpose
		files+=("$(spd_json ${quarter/@/ --revision })")
	done
	no_difference "$name" lib_recompute.py "$rows" "${files[@]}"
	rm -rf "$rows"
}

# A test: this comparison finds none.
no_difference() { # name script arguments...
	local name=$1 script=$2 found
	shift 2
	if found=$(/usr/bin/python3 -B "$TREE/tests/system/$script" "$@" 2>&1); then ok "$name"; else
		not_ok "$name" "$found"
	fi
}
