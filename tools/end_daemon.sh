# Sourced by what starts a semsd with a database of its own, and ends both whatever happens.
# shellcheck shell=bash

# A daemon has a minute to end its database; after that both are killed.
end_daemon() { # pid data-folder
	local until=$((SECONDS + 60)) pg
	kill -TERM "$1" 2>/dev/null
	while kill -0 "$1" 2>/dev/null && [ "$SECONDS" -lt "$until" ]; do sleep 0.1; done
	kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	pg=$(head -n 1 "$2/pg/postmaster.pid" 2>/dev/null)
	[ -z "$pg" ] || kill -QUIT "$pg" 2>/dev/null
}
