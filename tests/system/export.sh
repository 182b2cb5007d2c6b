# What people hold of an SPD: read by other people's libraries, the same each time, whole or not at all.
. "$(dirname "$0")/lib.sh"
plan 27
for module in openpyxl jsonschema; do
	/usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "no python3-$module"
done

start_daemon || exit 1
ctl_must init "$(readable deploy/demo/entity.yaml)"
ctl_must simulate --register --seed 3 --scale 0.01
quarter=$(printf '%s\n' "$OUT" | sed -n 's/^.*semsctl spd show //p')
ctl_must spd freeze "$quarter" --early 'a test'
export_to() { # folder options...
	local to=$T/$1
	shift
	ctl_get spd export "$quarter" --output "$to" "$@"
}
file() { # folder ending
	find "$T/$1" -name "*$2"
}

export_to one --revision 1
is "$RC" 0 'a revision is exported'
json=$(file one _spd.json)
is "$(sha256sum "$json" | cut -d ' ' -f 1)" \
	"$(ctl spd list "$quarter" --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["revisions"][0]["sha256"])')" \
	'its JSON has the bytes that were frozen'
is "$(/usr/bin/python3 -B tests/system/lib_schema.py proto/spd.schema.json "$json" 2>&1)" '' 'they fit their schema'
is "$(/usr/bin/python3 -B tests/system/lib_schema.py proto/declaration.schema.json "$(file one _declaration.json)" 2>&1)" '' \
	'and so does the declaration'
is "$(/usr/bin/python3 -B tests/system/lib_workbook.py "$(file one _spd.xlsx)" "$json" "$(file one _figures.csv)" 2>&1)" '' \
	'every number of the workbook and of the CSV file is that of the document'
is "$(grep -c 'OUT06.*projections in the quarter' "$(file one _definitions.csv)")/$(grep -c 'OUT06.*projections in the quarter' "$(file one _spd.html)")" \
	1/1 'the sheet of definitions says over what time screeners are judged'
is "$(find "$T/one" -type f ! -name "${quarter}_r1_OFFICIAL-SENSITIVE_*" | wc -l)" 0 'every name says what it is and how it is marked'
is "$(find "$T/one" -type f ! -perm 0600 | wc -l)" 0 'nobody else may read them'

# The same each time, with a daemon and without.
export_to two --revision 1
is "$(diff -r "$T/one" "$T/two")" '' 'exported twice, every byte is the same'
export_to one --revision 1
is "$RC" 0 'files that are the same already are left alone'
ctl_get spd render "$json" --declaration "$(file one _declaration.json)" --seal "$(file one _seal.json)" --output "$T/three"
is "$(diff -r "$T/one" "$T/three")" '' 'rendered from the stored files, without a daemon, they are the same'
export_to bundle1 --revision 1 --format bundle
export_to bundle2 --revision 1 --format bundle
if cmp -s "$(file bundle1 .zip)" "$(file bundle2 .zip)"; then ok 'so is the bundle'; else not_ok 'so is the bundle' "$OUT" "$ERR"; fi
ctl_get verify "$(file bundle1 .zip)"
is "$RC" 0 'which can be verified'
is "$(grep -c 'event=spd.export.*sha256=' "$DAEMON_LOG")" 5 'each time the log says who took what'

# Refused.
echo changed >"$T/one/$(basename "$json")"
export_to one --revision 1
is "$RC" 4 'a file with other content is not replaced'
like "$ERR" '--force' 'unless one says so'
export_to one --revision 1 --force
is "$(diff -r "$T/one" "$T/two")" '' 'and then it is'
export_to none --format bundle
is "$RC" 2 'what is provisional has no bundle'
sed 's/"marking":"OFFICIAL-SENSITIVE"/"marking":"TOP SECRET"/' "$json" >"$T/secret.json"
ctl_get spd render "$T/secret.json" --output "$T/secret"
is "$RC/$(find "$T/secret" -type f 2>/dev/null | wc -l)" 4/0 'a document of a higher tier is not rendered'

# Provisional figures say so.
export_to now
is "$RC" 0 'figures of now are exported'
like "$(head -c 4000 "$(file now .html)")" 'PROVISIONAL' 'they are called provisional'
is "$(find "$T/now" -type f ! -name '*_provisional_*' | wc -l)" 0 'in every name'

# Whole or not at all. A limit on the size of files stands for a full disk: nothing is left, and it is said.
limited() { # blocks
	(trap '' XFSZ && ulimit -f "$1" && ctl spd render "$json" --format "$2" --output "$T/full" 2>&1)
	echo "$?"
}
like "$(limited 100 json)" 'cannot write' 'what does not fit is an error'
like "$(limited 100 xlsx)" 'cannot make the workbook' 'also in the middle of a workbook'
is "$(find "$T/full" -type f | wc -l)" 0 'of which nothing is left'
mkdir "$T/killed" && chmod 777 "$T/killed"
ctl_get -q spd render "$json" --output "$T/reference"
left='' kills=0
for ms in 010 040 080 120 160 250 400; do
	{ "${AS_USER[@]}" timeout -s KILL "0.$ms" "$PROGRAMS/semsctl" -q spd render "$json" --output "$T/killed"; } >/dev/null 2>&1
	[ $? != 137 ] || kills=$((kills + 1))
	for f in "$T/killed"/* "$T/killed"/.[!.]*; do
		[ -e "$f" ] || continue
		cmp -s "$f" "$T/reference/$(basename "$f")" || left="$left $f"
	done
	rm -rf "${T:?}/killed/"*
done
is "$left" '' 'killed at any moment it leaves no half file'
if [ "$kills" -gt 2 ]; then ok 'it was killed at several'; else not_ok 'it was killed at several' "$kills"; fi
