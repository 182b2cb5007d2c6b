# The published files, by quarter and site: every figure is what another program makes of the stored
# rows, and the main ones what it counts in the files themselves.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_real.sh"
. "$(dirname "$0")/lib_recompute.sh"
plan 6
need_data

documents() { # quarter...
	local quarter
	for quarter; do spd_json "$quarter"; done
}

visual_entity || exit 1
visual_import
quarters_recompute 'visual search: the rows' 2026-Q2

claims_entity || exit 1
claims_import
import_data tsa_2016.yaml tsa_claims_2016.csv
quarters='2014-Q4 2015-Q1 2015-Q2 2015-Q3 2015-Q4 2016-Q1 2016-Q2 2016-Q3 2016-Q4'
# shellcheck disable=SC2046,SC2086 # words on purpose, here and below
quarters_recompute 'claims: the rows' $quarters
is "$(documents $quarters | wc -l)" 9 'claims: nine quarters'
# shellcheck disable=SC2046,SC2086
no_difference 'claims: the files' lib_recompute_files.py claims \
	"$DATA_FOLDER/tsa_claims_2015.csv" "$DATA_FOLDER/tsa_claims_2016.csv" -- $(documents $quarters)

chicago_entity || exit 1
chicago_import
quarters=2014-Q1
# shellcheck disable=SC2086
quarters_recompute 'inspections: the rows' $quarters
# shellcheck disable=SC2046,SC2086
no_difference 'inspections: the file' lib_recompute_files.py inspections \
	"$DATA_FOLDER/chicago_food_inspections_2011_2014.csv" -- $(documents $quarters 2011-Q3 2012-Q4 2013-Q2)
