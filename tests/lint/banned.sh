#!/usr/bin/env bash
# Functions that are unsafe, not reentrant or that end the process; and idioms the house does without.
set -u
rc=0
# Lines of comments and strings are rare enough to reword.
refuse() { # why regex file...
	local why=$1 regex=$2
	shift 2
	[ $# -gt 0 ] || return 0
	local found
	found=$(grep -nE "$regex" "$@" /dev/null)
	[ -z "$found" ] || { printf '%s:\n%s\n' "$why" "$found"; rc=1; }
}
mapfile -t all < <(find daemon tools tests -name '*.[ch]')
mapfile -t ours < <(find daemon tools -name '*.[ch]')
mapfile -t quiet < <(find daemon tools -name '*.[ch]' ! -path daemon/semsd.c ! -path daemon/semsweb.c ! -path tools/semsctl/semsctl.c)
mapfile -t pure < <(find daemon/core daemon/wire -name '*.[ch]')
call() { echo "(^|[^A-Za-z0-9_.>])($1)[[:space:]]*\("; }
refuse 'banned function' "$(call 'strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|alloca|localtime|gmtime|ctime|asctime|s?rand|system|popen|tmpnam|mktemp')" "${all[@]}"
refuse 'only the composition root ends the process' "$(call 'exit|_exit|abort|quick_exit|err|errx')" "${quiet[@]}"
refuse 'core and wire allocate from arenas only' "$(call 'malloc|calloc|realloc|strdup|strndup|free')" "${pure[@]}"
refuse 'a generated enumeration has values that no case covers: use a table' '\bcase SEMS__V1__' "${ours[@]}"
mapfile -t json < <(find daemon tools -name '*.[ch]' ! -path daemon/base/json/jsonin.c)
refuse 'text of JSON may be missing: base/json/jsonin.h' 'json_string_value\(json_(object|array)_get' "${json[@]}"
refuse 'no typedef of structs' '^[[:space:]]*typedef (struct|enum|union)[^(]*$' "${ours[@]}"
refuse 'a result that must be read says so in its declaration: no cast to void' '^[[:space:]]*\(void\)[A-Za-z_][A-Za-z_0-9>.-]*\(' "${all[@]}"
mapfile -t counted < <(find daemon tools tests -name '*.[ch]' ! -path daemon/base/count.h ! -path daemon/base/log.h)
refuse 'COUNT() of base/count.h says how many' 'sizeof ?\(?[a-z_>.-]+\)? */ *sizeof' "${counted[@]}"
mapfile -t asked < <(find daemon -name '*.[ch]' ! -path 'daemon/core/right/*')
refuse 'only core/right compares roles: ask for a right' 'role(\([^=]*\))? *[!=]= *ROLE_|ROLE_[A-Z]+ *[!=]=|<< \(?ROLE_|\[ROLE_' "${asked[@]}"
mapfile -t neutral < <(find daemon/core daemon/office daemon/store -name '*.[ch]')
refuse 'what is next is an action of core/action: faces find the words' '^[^*]*"[^"]*semsctl' "${neutral[@]}"
keys=$(sed -n 's/^#define DOC_[A-Z0-9_]* "\(.*\)"$/\1/p' daemon/core/spd/keys.h | paste -sd'|')
mapfile -t readers < <(find daemon/core/spd daemon/render/doc daemon/render/sheet daemon/render/page tools/terminal/spd_table.c -name '*.c' ! -name schema.c)
refuse 'a member of the document has its name from core/spd/keys.h' "(json_object_get|member_[a-z]+|spd_text|spd_number|spd_count|grid_member|made_(put|text|int|real))\\([^\",]*, \"($keys)\"" "${readers[@]}"
refuse 'NOLINT needs the check and a reason' 'NOLINT[A-Z]*([^(A-Z]|$)|NOLINT[A-Z]*\([^)]*\)[[:space:]]*(\*/)?$' "${all[@]}"
exit $rc
