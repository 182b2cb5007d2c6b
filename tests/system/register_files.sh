# The register and the framework as files: made of a document without semsd, read by other people's programs; then of
# semsd's own register, of which CSV comes in again.
. "$(dirname "$0")/lib.sh"
plan 22

cp tests/render/register/*.json "$T/"
# A text that is a formula, and one that is markup.
/usr/bin/python3 -B - "$T/register.json" "$T/hostile.json" <<'PY'
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
d["scenarios"][1]["title"] = "=1+1"
d["scenarios"][3]["title"] = "<script>alert(1)</script> " + "Wwwwwwww" * 20
json.dump(d, open(sys.argv[2], "w", encoding="utf-8"))
PY
chmod 644 "$T"/*.json
files() { # folder
	mkdir -m 777 "$T/$1"
	ctl_get risk export R-2026-001 --from "$T/hostile.json" --xlsx "$T/$1/r.xlsx" --html "$T/$1/r.html" --bow-tie "$T/$1/b.svg"
}
files one
is "$RC $OUT" "0 $T/one/r.xlsx
$T/one/r.html
$T/one/b.svg" 'workbook, page and bow-tie are made of a document that was kept' || echo "# $ERR"
files two
is "$(cd "$T/one" && sha256sum ./*)" "$(cd "$T/two" && sha256sum ./*)" 'again they are the same bytes'
ctl_get framework export --from "$T/framework.json" --html "$T/one/f.html"
is "$RC" 0 "and the assessor's page"
ctl_get risk export R-2026-099 --from "$T/register.json" --bow-tie "$T/one/none.svg"
is "$RC" 4 'of a scenario that is not there nothing is made'
like "$ERR" 'no scenario of the register is R-2026-099' 'which is said'
ctl_get risk export --from "$T/register.json"
is "$RC" 2 'one says as what'
ctl_get risk export --bow-tie "$T/one/none.svg" --from "$T/register.json"
is "$RC" 2 'and a bow-tie of which'
is "$(find "$T/one" -name 'none*')" '' 'and no file is left'

readable() { # what a browser's test says of a page that was made for its owner alone
	cp "$1" "$T/page.html" && chmod 644 "$T/page.html"
}
if command -v soffice >/dev/null; then
	mkdir "$T/sheets" && cp "$T/one/r.xlsx" "$T/book.xlsx"
	(unset ASAN_OPTIONS UBSAN_OPTIONS && HOME=$T timeout 180 soffice --headless "-env:UserInstallation=file://$T/office" \
		--convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1' \
		--outdir "$T/sheets" "$T/book.xlsx" >"$T/office.log" 2>&1)
	is "$(find "$T/sheets" -name '*.csv' | wc -l)" 15 'LibreOffice opens the workbook with all its sheets'
	is "$(/usr/bin/python3 -B tests/system/lib_register_sheet.py "$T/sheets" "$T/hostile.json" 2>&1)" '' \
		'which hold what the document says, formulas as text'
else
	ok 'skipped: no LibreOffice'
	ok 'skipped: no LibreOffice'
fi
page_tools=$T/page
mkdir "$page_tools" && cp tests/page/package.json tests/page/package-lock.json "$page_tools/"
if command -v chromium >/dev/null && command -v npm >/dev/null &&
	(cd "$page_tools" && HOME=$T npm ci --ignore-scripts --no-audit --no-fund >"$T/npm.log" 2>&1); then
	axe=$page_tools/node_modules/axe-core/axe.min.js
	look() { # helper argument...
		(unset ASAN_OPTIONS UBSAN_OPTIONS && /usr/bin/python3 -B "tests/system/$1" "${@:2}" 2>&1)
	}
	readable "$T/one/r.html"
	is "$(look lib_page.py "$axe" "$T/page.html")" '' 'axe-core finds nothing in the page'
	is "$(look lib_page_fit.py --drawings "$T/page.html")" '' \
		'nothing reaches over its side, also 390 wide, and no text of a drawing is cut'
	readable "$T/one/f.html"
	is "$(look lib_page.py "$axe" "$T/page.html")" '' "nor in the assessor's"
else
	for _ in 1 2 3; do ok 'skipped: no chromium, or npm cannot get axe-core'; done
fi

start_daemon
cat >"$T/entity.yaml" <<'YAML'
entity: Northmoor
zone: Europe/London
sites: [{id: T1}]
marking: OFFICIAL
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
year=$(date +%Y)
OUT=$(SEMSD_SOCKET=$SOCKET "${AS_USER[@]}" tools/register.sh deploy/register/airport "$PROGRAMS/semsctl" 2>&1)
is "$? $OUT" '0 5 made, 0 changed, 0 as they were, 0 refused
12 made, 0 changed, 0 as they were, 0 refused
8 made, 0 changed, 0 as they were, 0 refused
8 made, 0 changed, 0 as they were, 0 refused
10 made, 0 changed, 0 as they were, 0 refused
2 made, 0 changed, 0 as they were, 0 refused
1 made, 0 changed, 0 as they were, 0 refused
1 made, 0 changed, 0 as they were, 0 refused
1 made, 0 changed, 0 as they were, 0 refused' "an airport's register is taken in from files"
OUT=$(SEMSD_SOCKET=$SOCKET "${AS_USER[@]}" tools/register.sh deploy/register/airport "$PROGRAMS/semsctl" 2>&1)
unlike "$OUT" '[1-9][0-9]* (made|changed|refused)' 'once, however often'
ctl_must risk change "R-$year-001" --title '=1+1' --how 'in lines,
"quoted"; | and more' --reason 'a hostile one'
mkdir -m 777 "$T/live"
ctl_must risk export --csv "$T/live/r.csv"
like "$(cat "$T/live/r.csv")" "R-$year-001,IN_FORCE,'=1\\+1," 'as CSV no cell is a formula'
ctl_get risk import "$T/live/r.csv"
is "$RC $OUT" '0 0 made, 0 changed, 8 as they were, 0 refused' 'and it comes in again without loss'
ctl_must risk export --json
printf '%s\n' "$OUT" >"$T/live.json"
chmod 644 "$T/live.json"
ctl_must risk export --html "$T/live/asked.html"
ctl_must risk export --from "$T/live.json" --html "$T/live/kept.html"
is "$(grep -m 1 '^<p class="marking">' "$T/live/asked.html")" '<p class="marking">OFFICIAL</p>' 'the page has the marking that the entity has decided on'
is "$(cmp "$T/live/asked.html" "$T/live/kept.html" 2>&1)" '' 'a document that was kept makes the same page'
ctl_must risk export --as-of 2020-01-01 --html "$T/live/then.html"
like "$(cat "$T/live/then.html")" 'The register has no scenario' 'of a day before there was one it has none'
ctl_must framework export --html "$T/live/f.html"
like "$(cat "$T/live/f.html")" 'Chapters with evidence: 6 of 10. Gaps that are recorded: 2' "the framework's page has its chapters' evidence"
OUT=$(SEMSD_SOCKET=$SOCKET "${AS_USER[@]}" tools/register.sh deploy/register/port "$PROGRAMS/semsctl" 2>&1)
is "$? $(printf '%s\n' "$OUT" | grep -cE '^[1-9][0-9]* made, 0 changed, 0 as they were, 0 refused$')" '0 6' \
	"a port's register is taken in beside it"
