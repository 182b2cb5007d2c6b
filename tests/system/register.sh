# The register of risks by several accounts: taken from a spreadsheet, scored by one person and adopted by another, flagged
# by what was frozen, and accepted until something changes; another program comes to the same flags.
. "$(dirname "$0")/lib.sh"
plan 24

start_for_users
cat >"$T/entity.yaml" <<'YAML'
entity: Northfield
zone: Europe/London
principals:
  - {principal: "unix:sys", role: supervisor}
  - {principal: "unix:games", role: compliance}
  - {principal: "unix:mail", role: manager}
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
mkdir -m 777 "$T/in"
by() { # user argument...
	OUT=$(cd "$T/in" && ctl_as "$@" 2>&1)
	RC=$?
}
Y=$(date +%Y)

# P-1345, P-1362
cat >"$T/in/controls.csv" <<'CSV'
ref,title,side,metrics
C1,Tests of hold screening,PREVENTION,OUT01 QN02:NOT_PROVEN
C2,TIP,PREVENTION,OUT03
C3,Response team,RECOVERY,
CSV
cat >"$T/in/risks.csv" <<'CSV'
ref,title,domain,controls,threat,impact,vulnerability,assessors,justification,review_on
R1,Device in hold baggage,AVIATION,@C1 @C3,3,4,2,us,as last year,2099-12-31
R2,"=Weapon, in cabin baggage",AVIATION,@C2,3,3,3,us,as last year,2099-12-31
R3,Drone,AVIATION,@C9,3,3,3,us,as last year,2099-12-31
CSV
by games control import controls.csv
is "$RC $OUT" '0 3 made, 0 changed, 0 as they were, 0 refused' 'controls come from a spreadsheet'
by games risk import risks.csv
is "$RC $OUT" '1 semsctl: line 4: controls: no control has the ref C9
2 made, 0 changed, 0 as they were, 1 refused; scores are drafts to adopt' 'and scenarios with their scores, each naming controls by ref'
by games risk import risks.csv
like "$OUT" '^0 made, 0 changed, 2 as they were, 1 refused$' 'the same file again changes nothing'
by sys risk list
is "$RC" 4 'a supervisor does not see the register'
by games risk adopt "AS-$Y-001"
is "$RC" 4 'who scored a risk does not adopt it'
like "$OUT" 'another person' 'which says so'
by mail risk adopt "AS-$Y-001"
is "$RC $OUT" "0 AS-$Y-001 is ADOPTED" 'another does'
by mail risk adopt "AS-$Y-002"
by mail risk list
like "$OUT" '3 x 4 x 2 +24 +MEDIUM' 'a list has the scores, their product and its band'
like "$OUT" '3 x 3 x 3 +27 +HIGH' 'of each'

# P-1366
by games risk propose "R-$Y-001" --band MEDIUM --expires 2099-06-30 --justification 'borne for now'
is "$RC $OUT" "0 AC-$Y-001 is PROPOSED" 'that what is left is borne is proposed'
by mail risk show "R-$Y-001" --json
DIGEST=$(printf '%s' "$OUT" | sed -n 's/^  "digest": "\([0-9a-f]*\)".*/\1/p')
by games risk accept "AC-$Y-001" --digest "$DIGEST"
is "$RC" 4 'compliance does not accept it'
by mail risk accept "AC-$Y-001" --digest "$DIGEST"
is "$RC $OUT" "0 AC-$Y-001 is ACCEPTED" 'the manager does, for what he saw'
by mail risk show "R-$Y-001" --json
like "$OUT" '"standing": "HOLDS"' 'and it holds'

# P-1363, P-1364
ctl_must simulate --register --quarter 2026-Q2 --seed 3 --scale 0.02
ctl_must spd freeze 2026-Q2
by mail risk show "R-$Y-001" --json
like "$OUT" '"standing": "VOID"' 'until a frozen quarter says something else of its controls'
like "$(printf '%s' "$OUT" | tr -d ' \n')" '"changed":\["metrics"\]' 'which it names'
by mail risk flags --json
printf '%s\n' "$OUT" >"$T/flags.json"
by mail control list --csv controls-out.csv
by mail risk list --csv risks-out.csv
ctl_must spd show 2026-Q2 --revision 1 --json
printf '%s\n' "$OUT" >"$T/document.json"
is "$(/usr/bin/python3 -B - "$T" <<'PY'
import csv, json, sys
t = sys.argv[1]
statuses = {m["id"]: f["status"] for m in json.load(open(t + "/document.json"))["metrics"]
            for f in m["figures"] if f["by"] == {}}
controls = {r["number"]: r for r in csv.DictReader(open(t + "/in/controls-out.csv", encoding="utf-8-sig"))}
wanted = set()
for s in csv.DictReader(open(t + "/in/risks-out.csv", encoding="utf-8-sig")):
    for c in s["controls"].split():
        for watch in controls[c]["metrics"].split():
            metric, _, rule = watch.partition(":")
            status = statuses.get(metric, "NO_DATA")
            state = {"MET": "", "NOT_MET": "FAILING", "NO_DATA": "SILENT"}.get(status, "NOT_PROVEN")
            if status == rule == "NOT_PROVEN":
                state = "FAILING"
            if state:
                wanted.add((s["number"], metric, c, state, "2026-Q2", 1))
have = [(f["scenario"], f["metric"], f["control"], f["state"], f["quarter"], f["revision"])
        for f in json.load(open(t + "/flags.json"))]
print(len(have) == len(set(have)) and set(have) == wanted and len(wanted) > 0 or (sorted(have), sorted(wanted)))
PY
)" True 'another program comes to the same flags from the frozen document'
FLAG=$(sed -n 's/^    "flag": "\(OUT03@[^"]*\)".*/\1/p' "$T/flags.json")
by games risk settle "$FLAG" --scenario "R-$Y-002" --reason 'V is 3 already'
is "$RC $OUT" "0 D-$Y-001 is IN_FORCE" 'a decision settles one'
by games risk settle "$FLAG" --scenario "R-$Y-002" --reason 'V is 3 already'
is "$RC" 4 'and not twice'

# P-1365
by games risk assess "R-$Y-001" --threat 3 --impact 4 --vulnerability 1 --assessors us --justification 'better now' \
	--review 2099-12-31
is "$RC $OUT" "0 AS-$Y-003 is DRAFT" 'a lower vulnerability may be proposed'
by mail risk adopt "AS-$Y-003"
is "$RC" 4 'and is not adopted by itself'
like "$OUT" "while a flag on R-$Y-001 is open" 'while a figure does not prove the controls'

# P-1367
by games risk scheme --json
printf '%s' "$OUT" | sed 's/"figures": {}/"figures": {"4": "GBP 10 million"}/; /"set_by"/d; /"set_on"/d; /"version"/d' >"$T/in/scheme.json"
sed -i ':a;N;$!ba;s/,\n}/\n}/' "$T/in/scheme.json"
by games risk scheme scheme.json
is "$RC $OUT" '0 scored by version 2 from now on' 'the entity puts its own amounts into the scheme'
sed -i 's/"low": 27/"low": 24/' "$T/in/scheme.json"
by games risk scheme scheme.json
is "$RC $OUT" '4 semsctl: scheme: no band, or more than one, has the product 24' 'unless a product has two bands'
ctl_must log --what case. --json
like "$OUT" 'case.adopt' 'all of it is in the access log'
