#include "core/kind/kind.h"

#include "base/count.h"
#include "base/near.h"
#include "core/kind/field.h"

#include <stdio.h>

const struct field envelope_fields[] = {
    [ENV_RECORD_ID] = UUID_FIELD(
	"record_id", FIELD_REQUIRED | FIELD_DERIVED,
	"UUID of version 7 or 8; its first 48 bits are occurred_at in Unix milliseconds"),
    [ENV_SOURCE] = TEXT_FIELD("source", FIELD_REQUIRED, ID_BYTES,
			      "where the record comes from; (source, record_id) is its identity"),
    [ENV_SOURCE_RECORD_ID] =
	TEXT_FIELD("source_record_id", 0, REF_BYTES, "the source's own number of the record"),
    [ENV_SCHEMA_VERSION] = INT_FIELD("schema_version", FIELD_DERIVED, 1, 1000000,
				     "version of the field definitions the sender used"),
    [ENV_SITE_ID] = TEXT_FIELD(
	"site_id", 0, ID_BYTES,
	"the registered site; every kind but heartbeat, void and confirmation requires it"),
    [ENV_LOCATION_ID] = TEXT_FIELD("location_id", 0, ID_BYTES, "terminal, zone, lane or post"),
    [ENV_MEASURE_CODE] =
	TEXT_FIELD("measure_code", FIELD_CODE, MEASURE_BYTES,
		   "security measure, e.g. 4.1 or L.2; absent counts as unassigned"),
    [ENV_REQUIREMENT_REFS] = TEXTS_FIELD(
	"requirement_refs", 0, 50, "versioned references of the requirements the record bears on"),
    [ENV_RISK_CONTROL_IDS] =
	TEXTS_FIELD("risk_control_ids", 0, 50, "controls of the risk register the record bears on"),
    [ENV_PROVIDER_ID] =
	TEXT_FIELD("provider_id", 0, ID_BYTES,
		   "who provided the security: the contractor, or in-house for the entity's own"),
    [ENV_OCCURRED_AT] = TIME_FIELD("occurred_at", FIELD_REQUIRED,
				   "when it happened or began; decides the period it counts in"),
    [ENV_PRECISION] = ENUM_FIELD("precision", 0, precision_names,
				 "of occurred_at; absent is MS; DAY is 00:00 of the civil day"),
    [ENV_OCCURRED_END] = TIME_FIELD("occurred_end", 0, "when it ended, not before occurred_at"),
    [ENV_DEVICE_LOCAL_TIME] =
	TEXT_FIELD("device_local_time", 0, ID_BYTES, "occurred_at as the device wrote it"),
    [ENV_UTC_OFFSET_MIN] = INT_FIELD("utc_offset_min", 0, -14 * 60, 14 * 60,
				     "the device's offset from UTC, minutes east"),
    [ENV_CLOCK_OFFSET_MS] =
	INT_FIELD("clock_offset_ms", 0, -INT64_C(3155760000000), INT64_C(3155760000000),
		  "device clock minus true time, milliseconds, where known"),
    [ENV_RECORDED_BY] = PERSON_FIELD("recorded_by", 0, "the person who made the record"),
    [ENV_SUBJECT_PERSON] =
	PERSON_FIELD("subject_person", 0, "the person whose work the record is about, if any"),
    [ENV_SHIFT_ID] = TEXT_FIELD("shift_id", 0, ID_BYTES, "the shift or roster line"),
    [ENV_CORRECTS_RECORD_ID] =
	UUID_FIELD("corrects_record_id", 0,
		   "record_id of the record this one corrects; a correction stands for its root"),
    [ENV_CORRECTS_SOURCE] = TEXT_FIELD("corrects_source", 0, ID_BYTES,
				       "source of the corrected record; absent is the same source"),
    [ENV_CORRECTED_AT] = TIME_FIELD("corrected_at", FIELD_OF_CORRECTION,
				    "when the correction was made; the latest correction counts"),
    [ENV_CORRECTION_REASON] =
	TEXT_FIELD("correction_reason", FIELD_OF_CORRECTION, REASON_BYTES,
		   "why the record is corrected; printed with it, so name nobody"),
    [ENV_EMBARGO] =
	BOOL_FIELD("embargo", 0,
		   "true: the test is in no view or count until a correction lifts it; tests only"),
    [ENV_MARKING] = ENUM_FIELD("marking", 0, marking_names, "protective marking of the record"),
};
COVERS(envelope_fields, ENV_COUNT);

const struct kind *const kinds[] = {
    [KIND_OBSERVATION] = &kind_observation,
    [KIND_TEST] = &kind_test,
    [KIND_AUDIT] = &kind_audit,
    [KIND_TIP_EVENT] = &kind_tip_event,
    [KIND_TIP_SESSION] = &kind_tip_session,
    [KIND_ACTIVITY] = &kind_activity,
    [KIND_PLAN] = &kind_plan,
    [KIND_EQUIPMENT_CHECK] = &kind_equipment_check,
    [KIND_HEARTBEAT] = &kind_heartbeat,
    [KIND_VOID] = &kind_void,
    [KIND_CONFIRMATION] = &kind_confirmation,
    [KIND_TRAINING] = &kind_training,
    [KIND_DEPLOYMENT] = &kind_deployment,
    [KIND_INCIDENT] = &kind_incident,
    [KIND_REPORT] = &kind_report,
    [KIND_PATROL] = &kind_patrol,
    [KIND_EXERCISE] = &kind_exercise,
};
COVERS(kinds, KIND_COUNT);

const char *
enum_name(const struct enum_table *t, int64_t number)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->names[i].number == number)
			return t->names[i].name;
	return NULL;
}

int
enum_number(const struct enum_table *t, struct text name)
{
	for (size_t i = 0; i < t->n; i++)
		if (text_is(name, t->names[i].name))
			return t->names[i].number;
	return 0;
}

const struct kind *
kind_by_name(struct text name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (text_is(name, kinds[i]->name))
			return kinds[i];
	return NULL;
}

void
kind_unknown(const char *name, const char *listed, char out[KIND_UNKNOWN_SIZE])
{
	struct near n = near_to(name);
	bool is_near;

	for (size_t i = 0; i < KIND_COUNT; i++)
		near_offer(&n, kinds[i]->name);
	is_near = n.best != NULL;
	snprintf(out, KIND_UNKNOWN_SIZE, "there is no kind '%.40s'%s%s%s", name,
		 is_near ? "; did you mean " : listed, is_near ? n.best : "", is_near ? "?" : "");
}

size_t
kind_field_index(const struct kind *k, struct text name)
{
	size_t n = kind_n_fields(k);
	size_t i = 0;

	while (i < n && !text_is(name, kind_field(k, i)->name))
		i++;
	return i;
}

bool
kind_requires(const struct kind *k, enum envelope index)
{
	if (index == ENV_SITE_ID && k->site_required)
		return true;
	if (index == ENV_OCCURRED_END && k->end_required)
		return true;
	if ((k->needs >> index & 1) != 0)
		return true;
	return (envelope_fields[index].flags & FIELD_REQUIRED) != 0;
}

const char *
reason_name(enum reason r)
{
	static const char *const names[] = {
	    [REASON_NONE] = "NONE",
	    [REASON_MALFORMED] = "MALFORMED",
	    [REASON_UNKNOWN_KIND] = "UNKNOWN_KIND",
	    [REASON_UNKNOWN_FIELD] = "UNKNOWN_FIELD",
	    [REASON_MISSING] = "MISSING",
	    [REASON_RANGE] = "RANGE",
	    [REASON_ENUM] = "ENUM",
	    [REASON_TEXT] = "TEXT",
	    [REASON_TOO_LONG] = "TOO_LONG",
	    [REASON_IDENTITY] = "IDENTITY",
	    [REASON_CLOCK] = "CLOCK",
	    [REASON_PRECISION] = "PRECISION",
	    [REASON_NOT_GRANTED] = "NOT_GRANTED",
	    [REASON_UNKNOWN_SITE] = "UNKNOWN_SITE",
	    [REASON_RULE] = "RULE",
	    [REASON_CONFLICT] = "CONFLICT",
	    [REASON_STORE] = "STORE",
	};
	COVERS(names, REASON_COUNT);

	return (unsigned)r < REASON_COUNT ? names[r] : "UNKNOWN";
}
