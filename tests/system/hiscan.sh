# The operator report of an X-ray machine: sessions, one over midnight, one that contradicts itself.
# P-850
. "$(dirname "$0")/lib.sh"
plan 23

start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --source hiscan-reports
file=$(readable tests/maps/smiths_hiscan.csv)
map=$(readable tests/maps/smiths_hiscan.yaml)
ctl_get import --map "$map" --register-sites "$file"
is "$RC" 1 'a line is rejected'
like "$OUT" '^6 lines: 5 accepted, 1 rejected' 'the others are accepted'
rejects=$(cat "$file.rejects.csv")
like "$rejects" '^7,' 'the rejected line is named by its number'
like "$rejects" 'RULE' 'and its reason: more hits and misses than projections'
# Counted by hand from the five lines, which are of too few screeners for a document to say so.
is "$(figure "$(spd_json 2026-Q2)" OUT03 no_data)" SUPPRESSED 'what few screeners did is suppressed'
ctl spd show 2026-Q2 --unsuppressed 'counted by hand' --json >"$T/shown.json"
figures_are "$T/shown.json" hiscan <<'ROWS'
TP02 numerator 1951
TP03 numerator 22
TP01 numerator 10
OUT03 numerator 18
OUT03 denominator 22
OUT03 details.parts.FROM_SESSIONS 22
OUT03 details.parts.FROM_EVENTS 0
OUT03 status INSUFFICIENT
OUT03 value null
OUT04 numerator 10
OUT04 denominator 1929
QN14 numerator 22
QN14 denominator 1951
ROWS
unlike "$(cat "$(spd_json 2026-Q2)")" 'Example|Muster|10234|10235' 'no name and no login is in the SPD'
ctl_get import --map "$map" "$file"
like "$OUT" 'duplicate.* 5$' 'imported again, nothing is new'
# As a spreadsheet would save it: titles above the header, its word on what stands between the cells, rows of
# which everything was deleted, UTF-16.
{
	printf 'sep=,\r\nOperator report\r\n"Printed for",Northfield\r\n'
	cat "$file"
	printf ',,,,,,\r\n,,,,,,\r\n'
} | iconv -f UTF-8 -t UTF-16 >"$T/saved.csv"
chmod 644 "$T/saved.csv"
ctl_get import --map "$map" "$T/saved.csv"
like "$OUT" '^6 lines: 5 accepted, 1 rejected' 'saved by a spreadsheet it has the same lines'
like "$OUT" 'duplicate.* 5$' 'which are the same records'
is "$(sed 1d "$T/saved.csv.rejects.csv" | cut -d, -f2-)" "$(echo "$rejects" | sed 1d | cut -d, -f2-)" 'and the same rejects, in UTF-8'
