# Importing the same files again changes no figure and stores nothing.
. "$(dirname "$0")/lib.sh"
plan 20
. "$(dirname "$0")/lib_real.sh"
need_data

visual_entity || exit 1
visual_import
is "$RC" 0 'the first import is accepted'
first=$(spd_json 2026-Q2)
visual_import
is "$RC" 0 'the second import is accepted'
like "$OUT$ERR" '[Dd]uplicate|already' 'it says that the records were there'
visual_figures 'after the second import'
second=$(spd_json 2026-Q2)
is "$(sed 's/"as_of":"[^"]*"//' "$second")" "$(sed 's/"as_of":"[^"]*"//' "$first")" 'the document is the same, but for its time'
stop_daemon
start_daemon || exit 1
visual_import
visual_figures 'after a restart and a third import'
