# The workbook in LibreOffice, as far as it is installed: opened without a repair, printed with its marking.
. "$(dirname "$0")/lib.sh"
plan 4
command -v soffice >/dev/null || skip_all 'no LibreOffice'
command -v pdftotext >/dev/null || skip_all 'no poppler-utils'
unset ASAN_OPTIONS UBSAN_OPTIONS
/usr/bin/python3 -B tests/system/lib_page_sample.py "$T"
chmod 644 "$T"/*.json
ctl_get spd render "$T/spd.json" --declaration "$T/declaration.json" --format xlsx --output "$T/out"
is "$RC" 0 'a workbook is rendered' || echo "# $ERR"
cp "$(find "$T/out" -name '*.xlsx')" "$T/book.xlsx"
HOME=$T timeout 180 soffice --headless "-env:UserInstallation=file://$T/office" --convert-to pdf --outdir "$T" "$T/book.xlsx" >"$T/office.log" 2>&1
# As letters and figures, for which sign is drawn, and where a line ends, is the fonts' affair.
text=$(pdftotext "$T/book.pdf" - 2>/dev/null | tr -cs '[:alnum:]' ' ')
like "$text" 'OFFICIAL ?SENSITIVE' 'LibreOffice opens it and prints its marking'
like "$text" '84 4 ' 'with its figures'
like "$text" 'NO DATA nobody told a plan' 'and the reason where there is none'
