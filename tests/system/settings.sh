# The settings are one table: the manual page, the example of the file and --help say what it says,
# and the file takes what it says.
. "$(dirname "$0")/lib.sh"
plan 9

"$PROGRAMS/semsd" --print-example >"$T/example.yaml"
is "$(cmp "$T/example.yaml" deploy/semsd.yaml 2>&1)" '' 'deploy/semsd.yaml is what --print-example prints'
"$PROGRAMS/semsd" --print-manual >"$T/manual"
is "$(sed -n '/^\.SH OPTIONS/,/^\.SH SIGNALS/p' deploy/man/semsd.8 | sed '$d' | cmp - "$T/manual" 2>&1)" '' \
	'the manual page has the sections that --print-manual prints'
said=$("$PROGRAMS/semsd" --help)
missing=''
for option in $(sed -n 's/^\.BR\{0,1\} .*\\-\\-\([a-z\\-]*\).*/\1/p' "$T/manual" | tr -d '\\' | sort -u); do
	case $said in *"--$option"*) ;; *) missing="$missing $option" ;; esac
done
is "$missing" '' '--help has every option of the manual'
# Every key of the example, those in comments with it, but for folders that only a start makes.
sed -E 's/^#([a-z_]+:|  - )/\1/' "$T/example.yaml" >"$T/all.yaml"
like "$("$PROGRAMS/semsd" --config "$T/all.yaml" --check 2>&1)" 'template\.yaml' 'every key of the example is read'
printf 'sockt: x\n' >"$T/bad.yaml"
like "$("$PROGRAMS/semsd" --config "$T/bad.yaml" --check 2>&1)" 'line 1: Unexpected key: sockt' 'another key is refused by its line'
printf 'socket: /x\n' >"$T/bad.yaml"
like "$("$PROGRAMS/semsd" --config "$T/bad.yaml" --check 2>&1)" 'Missing required mapping field: database' \
	'a file without the database is refused'
printf 'database: host=/x\nsocket: /of/file\nlisten:\n%s' "$(seq -f '  - 127.0.0.1:7%03g' 17)" >"$T/bad.yaml"
like "$("$PROGRAMS/semsd" --config "$T/bad.yaml" --check 2>&1)" 'more than 16 addresses to listen on: leave out 127.0.0.1:7017' \
	'one address too many is named'
printf 'database: nonsense=1\n' >"$T/bad.yaml"
like "$("$PROGRAMS/semsd" --config "$T/bad.yaml" --check 2>&1)" 'invalid connection option "nonsense"' 'the file is what is checked'
like "$("$PROGRAMS/semsd" --config "$T/bad.yaml" --database other=1 --check 2>&1)" 'invalid connection option "other"' \
	'the command line goes before the file'
