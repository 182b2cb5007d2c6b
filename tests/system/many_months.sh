# Records of more months than anybody remembers: stored, and nobody else waits for ever.
. "$(dirname "$0")/lib.sh"
plan 7
start_daemon || exit 1

# Observations, one in each of so many months from 2005 on.
months_file() { # number file
	/usr/bin/python3 - "$1" >"$2" <<-'PY'
		import sys
		print("source_record_id,site_id,occurred_at,mode,criteria.1.criterion_id,criteria.1.result")
		for i in range(int(sys.argv[1])):
		    print(f"m{i},NFD,{2005 + i // 12}-{i % 12 + 1:02d}-15T10:00:00Z,OVERT,c,MET")
	PY
	chmod 644 "$2"
}

ctl_must init --entity Northfield --zone Europe/London --site NFD --source s65 --source s240
me=unix:$(id -un)
printf 'principals: [{principal: "%s", role: device}]\nsources:\n' "$me" >"$T/more.yaml"
for source in batches other; do
	printf '  - {id: %s, senders: [{principal: "%s"}]}\n' "$source" "$me" >>"$T/more.yaml"
done
chmod 644 "$T/more.yaml"
ctl_must init "$T/more.yaml"
for n in 65 240; do
	months_file "$n" "$T/$n.csv"
	ctl_get import --kind observation --source "s$n" "$T/$n.csv"
	like "$OUT" "^ +stored +$n\$" "a file of $n months is stored"
done
/usr/bin/python3 -B tests/system/lib_many_months.py "$SOCKET" || FAILED=$((FAILED + 1))
RAN=$((RAN + 3))
is "$(figure_of_status observation)" "$((65 + 240 + 90 + 1))" 'each is counted once'
unlike "$(cat "$DAEMON_LOG")" 'event=store.(late|fault)' 'nothing was late'
