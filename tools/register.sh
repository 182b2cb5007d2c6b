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

# Days that a file gives as @REVIEW are the last one of the year that comes.
take() { # file command...
	local file=$folder/$1
	shift
	sed "s/@REVIEW/$(($(date +%Y) + 1))-12-31/" "$file" >"$work/rows.csv"
	"$@" "$work/rows.csv"
}
take assets.csv "$@" framework --kind asset import
take controls.csv "$@" control import
take scenarios.csv "$@" risk import
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
