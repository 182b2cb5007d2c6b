# Archives that expand to gigabytes, or tell lies of their sizes: each is refused by the name of its bound, in memory
# that does not grow with it.
. "$(dirname "$0")/lib.sh"
plan 20

mkdir "$T/bombs" && /usr/bin/python3 -B tests/system/lib_bombs.py make "$T/bombs" || exit 1
chmod -R a+rX "$T/bombs"

# The sanitizer's own memory is in it.
is_defused() { # file what it says
	local memory status said
	read -r memory status said < <("${AS_USER[@]}" /usr/bin/python3 -B tests/system/lib_bombs.py run "$PROGRAMS/semsctl" verify "$T/bombs/$1" | tr '\n' ' ')
	like "$status $said" "^2 .*$2" "$1 is refused by the bound's name"
	if [ "$memory" -lt 100 ]; then ok "$1 takes less than 100 MiB"; else not_ok "$1 takes less than 100 MiB" "$memory MiB"; fi
}

is_defused page.zip 'file page.html expands more than 200 times'
is_defused document.zip 'a file spd.json of more than 64 MiB'
is_defused manifest.zip 'a file MANIFEST.json of more than 1 MiB'
is_defused dense.zip 'a file spd.json of more than 64 MiB'
is_defused several.zip 'files of more than 1024 MiB'
is_defused entries.zip 'more than 512 files'
is_defused files.zip 'more than 512 files'
is_defused overlapping.zip 'it expands more than 200 times'
is_defused understated.zip 'page.html has not the size'
is_defused folder 'a file spd.json of more than 64 MiB'
