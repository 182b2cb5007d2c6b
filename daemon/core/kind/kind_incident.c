/* What happened to security, and what people said of it. */
#include "base/count.h"
#include "core/kind/field.h"

/* --- incident ----------------------------------------------------------------------------------
 */

enum {
	INCIDENT_REF = ENV_COUNT,
	CATEGORY,
	SEVERITY,
	UNLAWFUL_INTERFERENCE,
	CHANNEL,
	BREACH_OF,
	BREACH_CONFIRMED,
	MISSED_BY,
	EXPOSURE,
	CLOSED_AT,
	NOTE,
};

static const struct field incident_fields[] = {
    [OWN(INCIDENT_REF)] = TEXT_FIELD("incident_ref", 0, ID_BYTES, "the number people speak of"),
    [OWN(CATEGORY)] = TEXT_FIELD("category", FIELD_REQUIRED | FIELD_CODE, ID_BYTES,
				 "by the taxonomy that the entity uses"),
    [OWN(SEVERITY)] = ENUM_FIELD("severity", 0, severity_names, "how grave"),
    [OWN(UNLAWFUL_INTERFERENCE)] = BOOL_FIELD(
	"unlawful_interference", 0, "true: an act of unlawful interference, or an attempt"),
    [OWN(CHANNEL)] = ENUM_FIELD("channel", 0, report_channel_names, "by whom it came to be known"),
    [OWN(BREACH_OF)] =
	ENUM_FIELD("breach_of", 0, breach_of_names, "what was breached, if anything"),
    [OWN(BREACH_CONFIRMED)] =
	BOOL_FIELD("breach_confirmed", 0, "whether there was a breach; absent: not yet known"),
    [OWN(MISSED_BY)] =
	TEXT_FIELD("missed_by", FIELD_CODE, MEASURE_BYTES,
		   "measure that let a prohibited item through; it was found behind that"),
    [OWN(EXPOSURE)] =
	ENUM_FIELD("exposure", 0, activity_type_names,
		   "what its rate is counted by; absent counts as PASSENGERS_SCREENED"),
    [OWN(CLOSED_AT)] = TIME_FIELD("closed_at", 0, "when it was closed"),
    [OWN(NOTE)] = TEXT_FIELD("note", FIELD_RESTRICTED, NOTE_BYTES,
			     "free text; restricted, in no list or report"),
};

static enum code
check_incident(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	if (rule_given(r, BREACH_CONFIRMED) && !rule_given(r, BREACH_OF))
		return rule_broken(e, r, BREACH_OF,
				   "is missing: breach_confirmed says whether that was breached");
	return rule_check_order(r, ENV_OCCURRED_AT, CLOSED_AT, e);
}

const struct kind kind_incident = {
    .id = KIND_INCIDENT,
    .name = "incident",
    .title = "incident",
    .help = "a security incident or occurrence",
    .own = incident_fields,
    .n_own = COUNT(incident_fields),
    .site_required = true,
    .check = check_incident,
};

/* --- report ------------------------------------------------------------------------------------
 */

enum {
	REPORT_CATEGORY = ENV_COUNT,
	REPORT_CHANNEL,
	ACKNOWLEDGED_AT,
	REPORT_CLOSED_AT,
	REPORT_INCIDENT_REF,
	REPORT_NOTE,
};

static const struct field report_fields[] = {
    [OWN(REPORT_CATEGORY)] = TEXT_FIELD("category", FIELD_REQUIRED | FIELD_CODE, ID_BYTES,
					"by the taxonomy that the entity uses"),
    [OWN(REPORT_CHANNEL)] = ENUM_FIELD("channel", FIELD_REQUIRED, report_channel_names,
				       "who reported; of ANONYMOUS nobody is named"),
    [OWN(ACKNOWLEDGED_AT)] =
	TIME_FIELD("acknowledged_at", 0, "when whoever reported heard of it; absent: not yet"),
    [OWN(REPORT_CLOSED_AT)] = TIME_FIELD("closed_at", 0, "when it was closed"),
    [OWN(REPORT_INCIDENT_REF)] =
	TEXT_FIELD("incident_ref", 0, ID_BYTES, "the incident that it told of"),
    [OWN(REPORT_NOTE)] = TEXT_FIELD("note", FIELD_RESTRICTED, NOTE_BYTES,
				    "free text; restricted, in no list or report"),
};

static enum code
check_report(const struct record *r, const struct calendar *cal, struct err *e)
{
	enum code c = rule_check_order(r, ENV_OCCURRED_AT, ACKNOWLEDGED_AT, e);

	(void)cal;
	if (r->v[REPORT_CHANNEL].i == REPORT_CHANNEL_ANONYMOUS && rule_given(r, ENV_SUBJECT_PERSON))
		return rule_broken(e, r, ENV_SUBJECT_PERSON,
				   "names somebody in an ANONYMOUS report: leave it out");
	return c != OK ? c : rule_check_order(r, ENV_OCCURRED_AT, REPORT_CLOSED_AT, e);
}

const struct kind kind_report = {
    .id = KIND_REPORT,
    .name = "report",
    .title = "security report",
    .help = "what staff, or others, reported to security",
    .own = report_fields,
    .n_own = COUNT(report_fields),
    .site_required = true,
    .check = check_report,
};
