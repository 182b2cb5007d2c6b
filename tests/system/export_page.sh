# The exported page as people meet it: in Chromium, judged by axe-core, and printed.
. "$(dirname "$0")/lib.sh"
plan 12
command -v chromium >/dev/null || skip_all 'no chromium'
command -v pdftotext >/dev/null || skip_all 'no poppler-utils'
command -v npm >/dev/null || skip_all 'no npm'
page_tools=$T/page
mkdir "$page_tools" && cp tests/page/package.json tests/page/package-lock.json "$page_tools/"
(cd "$page_tools" && HOME=$T npm ci --ignore-scripts --no-audit --no-fund >"$T/npm.log" 2>&1) ||
	skip_all "npm cannot get axe-core: $(tail -n 1 "$T/npm.log")"
axe=$page_tools/node_modules/axe-core/axe.min.js
# The programs that draw are no business of the sanitizers.
unset ASAN_OPTIONS UBSAN_OPTIONS

# A frozen revision with everything, and the same while provisional: written by hand, hostile in parts.
/usr/bin/python3 -B tests/system/lib_page_sample.py "$T"
chmod 644 "$T"/*.json
ctl_get spd render "$T/spd.json" --declaration "$T/declaration.json" --format html --output "$T/frozen"
is "$RC" 0 'a page is rendered' || echo "# $ERR"
ctl_must spd render "$T/provisional.json" --format html --output "$T/now"
frozen=$(find "$T/frozen" -name '*.html')
now=$(find "$T/now" -name '*.html')
is "$(/usr/bin/python3 -B tests/system/lib_page.py "$axe" "$frozen" 2>&1)" '' 'axe-core finds nothing in it'
is "$(/usr/bin/python3 -B tests/system/lib_page.py "$axe" "$now" 2>&1)" '' 'nor in a provisional one'

is "$(/usr/bin/python3 -B tests/system/lib_page_fit.py "$frozen" 2>&1)" '' \
	'its first screen is the summary, also 390 wide, nothing reaches over the side, no label of a chart is cut'
is "$(/usr/bin/python3 -B tests/system/lib_page_fit.py "$now" 2>&1)" '' 'nor in a provisional one'

print_page() { # page out
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "--user-data-dir=$T/profile" \
		--no-pdf-header-footer "--print-to-pdf=$2" "file://$1" >/dev/null 2>&1
}
print_page "$frozen" "$T/frozen.pdf"
pages=$(pdfinfo "$T/frozen.pdf" 2>/dev/null | sed -n 's/^Pages: *//p')
if [ "${pages:-0}" -gt 1 ]; then ok 'it prints'; else not_ok 'it prints' "$pages pages"; fi
# As letters and figures, for which sign is drawn, and where a line ends, is the fonts' affair.
text_of() { # page.pdf number
	pdftotext -f "$2" -l "$2" "$1" - | tr -cs '[:alnum:]\n' ' '
}
unmarked=
for p in $(seq "${pages:-0}"); do
	n=$(text_of "$T/frozen.pdf" "$p" | grep -oE 'OFFICIAL ?SENSITIVE' | wc -l)
	[ "$n" -ge 2 ] || unmarked="$unmarked $p"
done
is "$unmarked" '' 'every page of it is marked at its head and its foot'
like "$(text_of "$T/frozen.pdf" 1 | tr '\n' ' ')" 'Summary.*NOT MET.*What is signed.*Submitted' \
	'the first one says what failed and what is signed'
printed=$(pdftotext "$T/frozen.pdf" - | tr -cs '[:alnum:]' ' ')
like "$printed" 'Summary .*Scorecard' 'summary and scorecard are printed'
case $printed in *'What each metric counts'* | *'Who did what'*) not_ok 'and nothing else' ;; *) ok 'and nothing else' ;; esac
ctl_must spd render "$T/spd.json" --declaration "$T/declaration.json" --format html --full --output "$T/full"
print_page "$(find "$T/full" -name '*.html')" "$T/full.pdf"
like "$(pdftotext "$T/full.pdf" - | tr -cs '[:alnum:]' ' ')" 'Who did what.*By site.*What each metric counts' \
	'with --full all of it is, what is folded too'
print_page "$now" "$T/now.pdf"
like "$(text_of "$T/now.pdf" 2 | tr '\n' ' ')" 'OFFICIAL ?SENSITIVE ?PROVISIONAL' 'provisional pages say so'
