#include "core/metric/view.h"

#include "base/count.h"
#include "core/kind/enums.h"

#include <string.h>

/* Dimensions have the field's words; the columns behind them are the envelope's. A view has its own
 * `measure`, because a test's target and an audit's ratings name theirs in the body. */
static const struct {
	const char *dimension;
	const char *column;
} dimension_columns[] = {
    {"site", "site_id"},
    {"measure", "measure"},
    {"provider", "provider_id"},
};

/* In every view, whatever its kind. */
static const struct column common[] = {
    {"site_id", COLUMN_TEXT, NULL},
    {"measure", COLUMN_TEXT, NULL},
    {"provider_id", COLUMN_TEXT, NULL},
};

/* Derived, so that no .proto has it. */
static const struct enum_name overall_names_of[] = {
    {1, "PASS"},
    {2, "FAIL"},
    {3, "NOT_OBSERVED"},
};
static const struct enum_table overall_names = {
    .prefix = "",
    .names = overall_names_of,
    .n = COUNT(overall_names_of),
};

static const struct column observation_own[] = {
    {"overall", COLUMN_TEXT, &overall_names},
    {"weekday", COLUMN_TEXT, NULL}, /* "1", Monday, to "7"; in the entity's zone, as the hour */
    {"hour", COLUMN_TEXT, NULL},    /* "00" to "23"; absent: told by day alone */
};
static const struct column criterion_own[] = {
    {"record_key", COLUMN_OTHER, NULL}, {"criterion_id", COLUMN_TEXT, NULL},
    {"mandatory", COLUMN_BOOL, NULL},   {"result", COLUMN_TEXT, NULL},
    {"severity", COLUMN_TEXT, NULL},
};
static const struct column layer_own[] = {
    {"layer", COLUMN_TEXT, NULL},
    {"detected", COLUMN_BOOL, NULL},
    {"resolved", COLUMN_BOOL, NULL},
};
static const struct column audit_own[] = {
    {"on_time", COLUMN_BOOL, NULL},       {"critical", COLUMN_NUMBER, NULL},
    {"serious", COLUMN_NUMBER, NULL},     {"minor", COLUMN_NUMBER, NULL},
    {"first_at_site", COLUMN_BOOL, NULL},
};
static const struct column rating_own[] = {
    {"record_key", COLUMN_OTHER, NULL},
    {"classification", COLUMN_TEXT, NULL},
};
static const struct column finding_own[] = {
    {"finding_id", COLUMN_TEXT, NULL},      {"severity", COLUMN_TEXT, NULL},
    {"state", COLUMN_TEXT, NULL},           {"origin", COLUMN_TEXT, NULL},
    {"requirement_ref", COLUMN_TEXT, NULL}, {"repeat_of", COLUMN_TEXT, NULL},
    {"control_id", COLUMN_TEXT, NULL},      {"raised", COLUMN_BOOL, NULL},
    {"repeated", COLUMN_BOOL, NULL},
};
static const struct column finding_aged_own[] = {
    {"finding_id", COLUMN_TEXT, NULL},      {"severity", COLUMN_TEXT, NULL},
    {"state", COLUMN_TEXT, NULL},           {"origin", COLUMN_TEXT, NULL},
    {"requirement_ref", COLUMN_TEXT, NULL}, {"control_id", COLUMN_TEXT, NULL},
    {"age_days", COLUMN_NUMBER, NULL},
};
/* An image of its library and that's version: the same id elsewhere is another. */
static const struct column tip_event_own[] = {{"image", COLUMN_OTHER, NULL}};
static const struct column tip_session_own[] = {
    {"events_absent", COLUMN_BOOL, NULL},     {"bags_known", COLUMN_BOOL, NULL},
    {"contradictory", COLUMN_BOOL, NULL},     {"seconds", COLUMN_NUMBER, NULL},
    {"event_hits", COLUMN_NUMBER, NULL},      {"event_shown", COLUMN_NUMBER, NULL},
    {"event_projected", COLUMN_NUMBER, NULL}, {"untold", COLUMN_NUMBER, NULL},
};
static const struct column tip_exposure_own[] = {
    {"screener_id", COLUMN_OTHER, NULL},
    {"stream", COLUMN_TEXT, &tip_stream_names},
    {"threat_category", COLUMN_TEXT, &threat_category_names},
    {"library_version", COLUMN_TEXT, NULL},
    {"image_type", COLUMN_TEXT, &tip_image_type_names},
    {"shown", COLUMN_NUMBER, NULL},
    {"hits", COLUMN_NUMBER, NULL},
};
static const struct view_kind tip_exposure_of[] = {
    {KIND_TIP_EVENT, NULL}, {KIND_TIP_SESSION, NULL}, /* in the stead of events */
};
static const struct column activity_own[] = {
    {"counted", COLUMN_NUMBER, NULL},
    {"twice", COLUMN_NUMBER, NULL},
    {"beside", COLUMN_NUMBER, NULL},
};
static const struct column plan_done_own[] = {
    {"kind", COLUMN_TEXT, NULL},        {"what", COLUMN_TEXT, &planned_names},
    {"planned", COLUMN_NUMBER, NULL},   {"done", COLUMN_NUMBER, NULL},
    {"surplus", COLUMN_NUMBER, NULL},   {"unplanned", COLUMN_NUMBER, NULL},
    {"timed", COLUMN_NUMBER, NULL},     {"in_window", COLUMN_BOOL, NULL},
    {"by_rounds", COLUMN_NUMBER, NULL},
};
static const struct view_kind plan_done_of[] = {
    {KIND_PLAN, NULL},
    {KIND_OBSERVATION, "OBSERVATIONS"},
    {KIND_TEST, "TESTS"},
    {KIND_AUDIT, "AUDITS"},
    {KIND_ACTIVITY, "PATROLS"},
    {KIND_PATROL, "PATROLS"},
    {KIND_ACTIVITY, "VEHICLE_CHECKS"},
    {KIND_EQUIPMENT_CHECK, "EQUIPMENT_TESTS"},
};
static const struct column equipment_check_own[] = {
    {"on_time", COLUMN_BOOL, NULL},
    {"first_attempt", COLUMN_BOOL, NULL},
};
static const struct column equipment_mode_own[] = {
    {"device_id", COLUMN_TEXT, NULL},
    {"check_type", COLUMN_TEXT, &check_type_names},
    {"service_mode", COLUMN_TEXT, &service_mode_names},
    {"mode_seconds", COLUMN_NUMBER, NULL},
    {"twice_seconds", COLUMN_NUMBER, NULL},
    {"overruled_seconds", COLUMN_NUMBER, NULL},
};
static const struct column renewal_own[] = {
    {"person", COLUMN_OTHER, NULL},
    {"course", COLUMN_TEXT, NULL},
    {"basis", COLUMN_TEXT, &training_basis_names},
    {"method", COLUMN_TEXT, &training_method_names},
    {"kept", COLUMN_BOOL, NULL}, /* absent: nobody tells whether the person was still deployed */
};
static const struct view_kind renewal_of[] = {{KIND_TRAINING, NULL}};
/* One row a person: judged, or operator, is the person where there is something to judge. */
static const struct column deployed_own[] = {
    {"judged", COLUMN_OTHER, NULL}, {"role", COLUMN_TEXT, &deployment_role_names},
    {"at_end", COLUMN_BOOL, NULL},  {"required", COLUMN_BOOL, NULL},
    {"in_date", COLUMN_BOOL, NULL},
};
static const struct view_kind deployed_of[] = {{KIND_DEPLOYMENT, NULL}};
static const struct column operator_own[] = {
    {"operator", COLUMN_OTHER, NULL},
    {"half_year", COLUMN_BOOL, NULL},
    {"minutes", COLUMN_NUMBER, NULL},
    {"on_the_job", COLUMN_BOOL, NULL},
};
static const struct view_kind operator_of[] = {{KIND_DEPLOYMENT, NULL}, {KIND_TRAINING, NULL}};
static const struct column incident_own[] = {{"exposed_by", COLUMN_TEXT, &activity_type_names}};
static const struct column report_own[] = {{"answered_hours", COLUMN_NUMBER, NULL}};
static const struct column patrol_start_own[] = {{"start_slot", COLUMN_NUMBER, NULL}};
static const struct column objective_own[] = {{"met", COLUMN_BOOL, NULL}};
static const struct column pair_own[] = {
    {"mode", COLUMN_TEXT, &observation_mode_names},
    {"criterion_id", COLUMN_TEXT, NULL},
    {"lone", COLUMN_BOOL, NULL},
    {"paired", COLUMN_BOOL, NULL},
    {"agreed", COLUMN_BOOL, NULL},
    {"first_met", COLUMN_BOOL, NULL},
    {"second_met", COLUMN_BOOL, NULL},
};
static const struct view_kind pair_of[] = {{KIND_OBSERVATION, NULL}};
static const struct column received_own[] = {
    {"kind", COLUMN_TEXT, NULL},         {"source", COLUMN_TEXT, NULL},
    {"correction", COLUMN_BOOL, NULL},   {"voided", COLUMN_BOOL, NULL},
    {"lag_hours", COLUMN_NUMBER, NULL},  {"dated_ahead", COLUMN_BOOL, NULL},
    {"before_setup", COLUMN_BOOL, NULL}, {"clock_error_ms", COLUMN_NUMBER, NULL},
};
static const struct column quarantine_own[] = {
    {"kind", COLUMN_TEXT, NULL},
    {"source", COLUMN_TEXT, NULL},
    {"reason", COLUMN_TEXT, NULL},
};
static const struct column double_own[] = {
    {"kind", COLUMN_TEXT, NULL},
    {"source", COLUMN_TEXT, NULL},
};
/* What it is of what came after a submission; derived. */
static const struct enum_name overtaking_names_of[] = {
    {1, "NEW"},
    {2, "CORRECTION"},
    {3, "VOID"},
    {4, "CONFIRMATION"},
};
static const struct enum_table overtaking_names = {
    .prefix = "",
    .names = overtaking_names_of,
    .n = COUNT(overtaking_names_of),
};
static const struct column overtaking_own[] = {
    {"quarter", COLUMN_TEXT, NULL}, /* that was submitted: "2026-Q1" */
    {"how", COLUMN_TEXT, &overtaking_names},
    {"submitted", COLUMN_BOOL, NULL}, /* no record, but that the quarter was */
};
static const struct column feed_own[] = {
    {"kind", COLUMN_TEXT, NULL},        {"source", COLUMN_TEXT, NULL},
    {"announced", COLUMN_NUMBER, NULL}, {"received", COLUMN_NUMBER, NULL},
    {"matched", COLUMN_NUMBER, NULL},   {"basis", COLUMN_TEXT, NULL},
};

/* How an action stood by the day that was agreed first; derived. */
static const struct enum_name standing_names_of[] = {
    {1, "ON_TIME"},
    {2, "LATE"},
    {3, "NOT_VERIFIED"},
    {4, "REJECTED"},
};
static const struct enum_table standing_names = {
    .prefix = "",
    .names = standing_names_of,
    .n = COUNT(standing_names_of),
};
static const struct column action_due_own[] = {
    {"type", COLUMN_TEXT, NULL},
    {"priority", COLUMN_TEXT, NULL},
    {"standing", COLUMN_TEXT, &standing_names},
    {"told_late", COLUMN_BOOL, NULL},
};
static const struct column action_at_end_own[] = {
    {"type", COLUMN_TEXT, NULL},
    {"priority", COLUMN_TEXT, NULL},
    {"state", COLUMN_TEXT, NULL},
    {"overdue_days", COLUMN_NUMBER, NULL},
};
static const struct column action_closed_own[] = {
    {"type", COLUMN_TEXT, NULL},
    {"priority", COLUMN_TEXT, NULL},
    {"reopened", COLUMN_BOOL, NULL},
};
static const struct column scenario_at_end_own[] = {
    {"domain", COLUMN_TEXT, NULL},
    {"is_out_of_date", COLUMN_BOOL, NULL},
    {"is_unplanned", COLUMN_BOOL, NULL},
};
static const struct column control_at_end_own[] = {
    {"side", COLUMN_TEXT, NULL},
    {"is_live", COLUMN_BOOL, NULL},
};
static const struct column finding_verified_own[] = {
    {"severity", COLUMN_TEXT, NULL},
    {"origin", COLUMN_TEXT, NULL},
    {"age_days", COLUMN_NUMBER, NULL},
};

#define OWN(columns) (columns), COUNT(columns), NULL, 0
#define NO_OWN       NULL, 0, NULL, 0
#define OF(name)     name##_own, COUNT(name##_own), name##_of, COUNT(name##_of)
#define QUERY(name)  NULL, "sql/queries/quarter/spd_" name ".sql"
#define TABLE(name)  "sems.spd_" name, NULL
#define CUBES        NULL, NULL /* counted from several relations: store/count/metric_source.c */

const struct view view_table[] = {
    {"observation", TABLE("observation"), KIND_OBSERVATION, false, OWN(observation_own)},
    {"criterion", TABLE("criterion"), KIND_OBSERVATION, false, OWN(criterion_own)},
    {"test", TABLE("test"), KIND_TEST, false, NO_OWN},
    {"layer", TABLE("layer"), KIND_TEST, false, OWN(layer_own)},
    {"audit", QUERY("audit"), KIND_AUDIT, false, OWN(audit_own)},
    {"rating", TABLE("rating"), KIND_AUDIT, false, OWN(rating_own)},
    {"finding", TABLE("finding"), KIND_AUDIT, false, OWN(finding_own)},
    {"finding_at_end", QUERY("finding_at_end"), KIND_AUDIT, true, OWN(finding_aged_own)},
    {"finding_closed", QUERY("finding_closed"), KIND_AUDIT, false, OWN(finding_aged_own)},
    {"tip_event", CUBES, KIND_TIP_EVENT, false, OWN(tip_event_own)},
    {"tip_session", QUERY("tip_session"), KIND_TIP_SESSION, false, OWN(tip_session_own)},
    {"tip_exposure", CUBES, KIND_COUNT, false, OF(tip_exposure)},
    {"activity", QUERY("activity"), KIND_ACTIVITY, false, OWN(activity_own)},
    {"plan", QUERY("plan"), KIND_PLAN, false, NO_OWN},
    {"plan_done", QUERY("plan_done"), KIND_COUNT, false, OF(plan_done)},
    {"equipment_check", TABLE("equipment_check"), KIND_EQUIPMENT_CHECK, false,
     OWN(equipment_check_own)},
    {"equipment_mode", QUERY("equipment_mode"), KIND_COUNT, false, OWN(equipment_mode_own)},
    {"renewal", QUERY("renewal"), KIND_COUNT, false, OF(renewal)},
    {"deployed", QUERY("deployed"), KIND_COUNT, false, OF(deployed)},
    {"operator", QUERY("operator"), KIND_COUNT, false, OF(operator)},
    {"incident", TABLE("incident"), KIND_INCIDENT, false, OWN(incident_own)},
    {"report", TABLE("report"), KIND_REPORT, false, OWN(report_own)},
    {"patrol", TABLE("patrol"), KIND_PATROL, false, NO_OWN},
    {"patrol_start", QUERY("patrol_start"), KIND_PATROL, false, OWN(patrol_start_own)},
    {"exercise", TABLE("exercise"), KIND_EXERCISE, false, NO_OWN},
    {"objective", TABLE("objective"), KIND_EXERCISE, false, OWN(objective_own)},
    {"pair", QUERY("pair"), KIND_COUNT, false, OF(pair)},
    {"received", TABLE("received"), KIND_COUNT, false, OWN(received_own)},
    {"quarantine", TABLE("quarantine"), KIND_COUNT, false, OWN(quarantine_own)},
    {"double", TABLE("double"), KIND_COUNT, false, OWN(double_own)},
    {"overtaking", QUERY("overtaking"), KIND_COUNT, false, OWN(overtaking_own)},
    {"action_due", QUERY("action_due"), KIND_COUNT, false, OWN(action_due_own)},
    {"action_at_end", QUERY("action_at_end"), KIND_COUNT, true, OWN(action_at_end_own)},
    {"action_closed", QUERY("action_closed"), KIND_COUNT, false, OWN(action_closed_own)},
    {"finding_verified", QUERY("finding_verified"), KIND_COUNT, false, OWN(finding_verified_own)},
    {"scenario_at_end", QUERY("scenario_at_end"), KIND_COUNT, true, OWN(scenario_at_end_own)},
    {"control_at_end", QUERY("control_at_end"), KIND_COUNT, true, OWN(control_at_end_own)},
    {"feed", QUERY("expected"), KIND_COUNT, false, OWN(feed_own)},
};
const size_t view_count = COUNT(view_table);

const struct view *
view_by_name(const char *name)
{
	for (size_t i = 0; i < view_count; i++)
		if (strcmp(view_table[i].name, name) == 0)
			return &view_table[i];
	return NULL;
}

static const struct column *
column_in(const struct column *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

static enum column_type
type_of(const struct field *f)
{
	static const enum column_type types[] = {
	    [FIELD_TEXT] = COLUMN_TEXT,     [FIELD_ENUM] = COLUMN_TEXT,
	    [FIELD_INT] = COLUMN_NUMBER,    [FIELD_REAL] = COLUMN_NUMBER,
	    [FIELD_BOOL] = COLUMN_BOOL,     [FIELD_TIME] = COLUMN_OTHER,
	    [FIELD_UUID] = COLUMN_OTHER,    [FIELD_PERSON] = COLUMN_OTHER,
	    [FIELD_TEXTS] = COLUMN_OTHER,   [FIELD_ENUMS] = COLUMN_OTHER,
	    [FIELD_PERSONS] = COLUMN_OTHER, [FIELD_LIST] = COLUMN_OTHER,
	};
	COVERS(types, N_FIELD_TYPES);

	return types[f->type];
}

/* The names of an enumeration in an item of one of the kind's lists, such as a criterion's result:
 * the view that unnests the list has it as a column. */
static const struct enum_table *
item_names(const struct kind *k, const char *name)
{
	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);

		for (size_t j = 0; f->type == FIELD_LIST && j < f->n_item; j++)
			if (f->item[j].type == FIELD_ENUM && strcmp(f->item[j].name, name) == 0)
				return f->item[j].names;
	}
	return NULL;
}

bool
view_column(const struct view *v, const char *field, struct column *out)
{
	const char *name = field;
	const struct column *c;
	const struct kind *k;
	size_t at;
	const struct field *f;

	for (size_t i = 0; i < COUNT(dimension_columns); i++)
		if (strcmp(field, dimension_columns[i].dimension) == 0)
			name = dimension_columns[i].column;
	c = column_in(common, COUNT(common), name);
	c = c != NULL ? c : column_in(v->own, v->n_own, name);
	k = v->base == KIND_COUNT ? NULL : kinds[v->base];
	if (c != NULL) {
		*out = *c;
		if (c->names == NULL && k != NULL)
			out->names = item_names(k, name);
		return true;
	}
	at = k == NULL ? 0 : kind_field_index(k, text_of(name));
	if (k == NULL || at == kind_n_fields(k))
		return false;
	f = kind_field(k, at);
	*out = (struct column){f->name, type_of(f), f->names};
	return (f->flags & FIELD_RESTRICTED) == 0;
}
