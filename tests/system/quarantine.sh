# A gateway runs under a wrong account first and then under the right one. What the right one sent while its
# site was not registered yet waits for it, although the wrong one sent the same bytes before.
. "$(dirname "$0")/lib.sh"
plan 17

start_for_users
cat >"$T/entity.yaml" <<'YAML'
entity: Northfield
zone: Europe/London
principals:
  - {principal: "unix:bin", role: device}
  - {principal: "unix:sys", role: device}
sources:
  - {id: lane-1, senders: [{principal: "unix:sys"}]}
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
{
	echo occurred_at,site_id,device_id,outcome,source_record_id
	for i in {1..100}; do
		echo "2026-05-04T09:$((i / 60 + 10)):$((i % 60 / 10))$((i % 10))Z,NFD,X1,HIT,$i"
	done
} >"$T/images.csv"
chmod 644 "$T/images.csv"
mkdir -m 777 "$T/gateway"
cp "$T/images.csv" "$T/gateway/"
chmod 666 "$T/gateway/images.csv"
open_by() { # principal: how many of its records wait, and for what
	ctl quarantine list --limit 1000 >"$T/list" 2>&1
	awk -v who="$1" '$0 ~ who { n++; why[/NOT_GRANTED/ ? "NOT_GRANTED" : "UNKNOWN_SITE"] = 1 }
		END { printf "%d", n; for (w in why) printf " %s", w }' "$T/list"
}

ctl_as bin send -S lane-1 tip_event "$T/gateway/images.csv" >"$T/out" 2>&1
is "$(open_by unix:bin)" '100 NOT_GRANTED' 'the wrong account may send nothing'
ctl_as sys send -S lane-1 tip_event "$T/gateway/images.csv" >"$T/out" 2>&1
is "$(open_by unix:bin)" '100 NOT_GRANTED' 'its records wait as they did'
is "$(open_by unix:sys)" '100 UNKNOWN_SITE' 'and those of the right account wait for its site'
ctl_as sys send -S lane-1 tip_event "$T/gateway/images.csv" >"$T/out" 2>&1
is "$(open_by unix:sys)" '100 UNKNOWN_SITE' 'sent again they are the same ones'

# What is wrong comes first, and who may see it reads what was sent.
ctl_get quarantine list
like "$(echo "$OUT" | sed -n 3p)" '^ +100 +NOT_GRANTED +lane-1' 'the list begins with how many wait for what'
like "$OUT" 'lane-1 +1 +tip_event +2026-05-04 10:10:01[+]01:00' 'and has the number and the time of each'
ctl_get quarantine show 1
like "$OUT" '^Source record id: [0-9]+$' 'what was sent is shown by its fields'
like "$OUT" '^Tip event: device_id X1, outcome HIT$' 'also those of its kind'
ctl_as sys send -S lane-l tip_event "$T/gateway/images.csv" >"$T/out" 2>&1
like "$(cat "$T/out")" 'did you mean the source lane-1[?]' 'a misspelt source is told with the one that it is like'
ctl_as bin send -S lane-l tip_event "$T/gateway/images.csv" >"$T/out" 2>&1
is "$(grep -c 'did you mean' "$T/out")" 0 'but not to who may not send for it'
ctl_get quarantine discard --all --source lane-l --reason 'misspelt'
is "$OUT" '200 discarded: they are tried no more, and their bytes go when their time is over.' 'which are discarded'
like "$(cat "$DAEMON_LOG")" 'event=quarantine.discard by=unix:[a-z]+ id=0 records=200 why=misspelt' 'and it is logged by whom, and why'

ctl_must init --site NFD
ctl_get quarantine requeue --all
like "$OUT" '^100 taken in, 100 still in quarantine\.$' 'requeued, those of the right account are taken in'
is "$RC" 1 'and the exit status says that some are not'
is "$(open_by unix:sys) $(open_by unix:bin)" '0 100 NOT_GRANTED' 'which are the wrong account'\''s'
is "$(figure_of_status tip_event)" 100 'each record is stored once'
today=$(date -u +%Y)-Q$((($(date -u +%-m) + 2) / 3))
is "$(figure "$(spd_json "$today")" DQ03 details.parts.QUARANTINED)" 100 'and what was discarded was refused all the same'
