#!/usr/bin/env bash
# Puts a register of risks that is kept as CSV files into semsd: assets, controls, scenarios, assessments, and what of the
# framework there is. What a file calls @REF is the case whose `ref` is REF, in the files before it. The same folder
# again changes nothing.
#   tools/register.sh FOLDER [SEMSCTL [OPTION...]]
set -eu
folder=$1
shift
[ $# -gt 0 ] || set -- semsctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Replaces each @REF of a list by its number.
learn() { # command that lists as JSON
	awk -F'"' '/^    "number": /{ n = $4 } /^    "ref": /{ r = $4 }
		/^  }/{ if (r != "") print "s/@" r "\\([^0-9A-Za-z]\\|$\\)/" n "\\1/g"; n = r = "" }' >>"$work/names"
}
take() { # file command...
	local file=$folder/$1
	shift
	# Twice, since what separates two of them belongs to the first alone.
	sed -f "$work/names" "$file" | sed -f "$work/names" | sed "s/@REVIEW/$(($(date +%Y) + 1))-12-31/" >"$work/rows.csv"
	"$@" "$work/rows.csv"
}
: >"$work/names"
take assets.csv "$@" framework --kind asset import
take controls.csv "$@" control import
"$@" framework list asset --json | learn
"$@" control list --json | learn
take scenarios.csv "$@" risk import
"$@" risk list --json | learn
take assessments.csv "$@" risk --kind assessment import
while read -r file kind; do
	[ ! -f "$folder/$file" ] || take "$file" "$@" framework --kind "$kind" import </dev/null
done <<'KINDS'
chapters.csv chapter
gaps.csv gap
suppliers.csv supplier
changes.csv change
information.csv threat_information
KINDS
