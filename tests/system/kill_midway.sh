# semsd killed in the middle of an import, started again on the same folder, import repeated.
. "$(dirname "$0")/lib.sh"
plan 20
. "$(dirname "$0")/lib_real.sh"
need_data

chicago_entity || exit 1
file=$(readable "$DATA_FOLDER/chicago_food_inspections_2011_2014.csv")
map=$(readable tests/maps/chicago.yaml)
ctl import --map "$map" --register-sites "$file" >"$T/import.out" 2>&1 &
importer=$!
# Not before records are stored, and long before all are.
some_stored() {
	local n
	n=$(figure_of_status audit)
	[ "${n:-0}" -gt 0 ] 2>/dev/null
}
wait_for 60 some_stored
stored=$(figure_of_status audit)
kill_daemon
wait "$importer"
is $? 3 'the import ends with "try again"'
ok "killed with ${stored:-no} records stored"
start_daemon || exit 1
again=$(figure_of_status audit)
if [ "${again:-0}" -ge "${stored:-0}" ]; then ok 'what was stored is still there'; else
	not_ok 'what was stored is still there' "$stored before, $again after"
fi
if [ "${again:-0}" -lt 27000 ]; then ok 'the import had not ended'; else
	not_ok 'the import had not ended' "$again records were there"
fi
chicago_import
is "$RC" 0 'the repeated import is accepted'
chicago_figures 'after the kill and the repeated import'
