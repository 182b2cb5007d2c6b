# The published files, one entity each, and what was counted in them independently of semsd.
# shellcheck shell=bash

# Starts a daemon with a new entity on a folder of its own.
new_entity() { # name zone
	stop_daemon
	DIR=$T/$1
	SOCKET=$DIR/semsd.sock
	DAEMON_LOG=$T/$1.log
	start_daemon && ctl_must init --entity "$1" --zone "$2" --source "$3"
}

chicago_entity() {
	new_entity chicago America/Chicago chicago-inspections
}

chicago_import() {
	import_data chicago.yaml chicago_food_inspections_2011_2014.csv
}

chicago_figures() { # title
	local file
	file=$(spd_json 2013-Q2) || { not_ok "$1: the SPD is exported"; return; }
	figures_are "$file" "$1" <<-'ROWS'
		AU01 numerator 2446
		AU02 numerator 2441
		QL05 details.parts.FULLY_COMPLIANT 1664
		QL05 details.parts.COMPLIANT_IMPROVEMENT_DESIRABLE 325
		QL05 details.parts.NOT_COMPLIANT 457
		QL05 numerator 1989
		QL05 denominator 2446
		QL05 interval.lo null
		QL05 interval.hi null
		FI01 numerator 519 severity=CRITICAL
		FI01 numerator 843 severity=SERIOUS
		FI01 numerator 9071 severity=MINOR
		AU03 numerator 345
		AU03 interval.lo null
		AU03 interval.hi null
	ROWS
}

# All of it was seen without being noticed, which the target is for.
claims_entity() {
	new_entity claims America/New_York tsa-claims || return
	cat >"$T/claims.yaml" <<-'YAML'
		targets: [{metric: QL01, of: UNOBTRUSIVE, value: 0.5, approved_by: AM, from_quarter: 2014-Q1}]
	YAML
	chmod 644 "$T/claims.yaml"
	ctl_must init "$T/claims.yaml"
}

claims_import() {
	import_data tsa_2015.yaml tsa_claims_2015.csv
}

claims_figures() { # title
	local file
	file=$(spd_json 2015-Q2) || { not_ok "$1: the SPD is exported"; return; }
	figures_are "$file" "$1" <<-'ROWS'
		QL01 details.parts.MET 168 measure=4.1
		QL01 details.parts.NOT_MET 251 measure=4.1
		QL01 details.parts.NOT_OBSERVED 103 measure=4.1
		QL01 interval.lo 0.3551329067 measure=4.1 mode=UNOBTRUSIVE
		QL01 interval.hi 0.4485760290 measure=4.1 mode=UNOBTRUSIVE
		QL01 details.parts.MET 761 measure=5.1
		QL01 details.parts.NOT_MET 540 measure=5.1
		QL01 details.parts.NOT_OBSERVED 215 measure=5.1
		QL01 interval.lo 0.5579483904 measure=5.1 mode=UNOBTRUSIVE
		QL01 interval.hi 0.6114208448 measure=5.1 mode=UNOBTRUSIVE
		QL01 details.parts.MET 4 measure=L.other
		QL01 details.parts.NOT_MET 6 measure=L.other
		QL01 details.parts.NOT_OBSERVED 7 measure=L.other
	ROWS
}

visual_entity() {
	new_entity visual Europe/London visual-search
}

visual_import() {
	import_data visual_search.yaml visual_search_pilots.csv
}

visual_figures() { # title
	local file
	file=$(spd_json 2026-Q2) || { not_ok "$1: the SPD is exported"; return; }
	figures_are "$file" "$1" <<-'ROWS'
		OUT03 numerator 634
		OUT03 denominator 672
		OUT03 interval.lo 0.9233365673
		OUT03 interval.hi 0.9585270594
		TP01 numerator 24
		OUT04 details.parts.IMAGES_WITH_NEITHER 704
		OUT05 details.dprime 3.4088955793
		OUT05 details.da_half 3.1544098418
	ROWS
}
