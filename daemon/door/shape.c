#include "door/shape.h"

#include "base/count.h"

/* clang-format off */
#define TYPE(type, f) _Generic(((struct type *)NULL)->f, \
	const char *: SLOT_TEXT, struct text: SLOT_BYTES, bool: SLOT_BOOL, uint32_t: SLOT_U32, \
	uint64_t: SLOT_U64, int64_t: SLOT_I64, double: SLOT_DOUBLE, \
	const char *const *: SLOT_TEXT, default: SLOT_STRUCT)
#define AT(type, f)       #f, TYPE(type, f), offsetof(struct type, f)
#define ONE(type, f)      {AT(type, f), SLOT_ONE, 0, NULL}
#define MAYBE(type, f)    {AT(type, f), SLOT_MAYBE, offsetof(struct type, has_##f), NULL}
#define LIST(type, f, of) {AT(type, f), SLOT_LIST, offsetof(struct type, n_##f), of}
#define SHAPE(type)       static const struct shape type##_shape = {sizeof(struct type), type##_slots, COUNT(type##_slots)}
/* clang-format on */

static const struct slot setup_location_slots[] = {
    ONE(setup_location, location_id),
    ONE(setup_location, name),
};
SHAPE(setup_location);

static const struct slot setup_site_slots[] = {
    ONE(setup_site, site_id),
    ONE(setup_site, name),
    LIST(setup_site, locations, &setup_location_shape),
};
SHAPE(setup_site);

static const struct slot setup_provider_slots[] = {
    ONE(setup_provider, provider_id),
    ONE(setup_provider, name),
};
SHAPE(setup_provider);

static const struct slot setup_grant_slots[] = {
    ONE(setup_grant, principal),
    LIST(setup_grant, kinds, NULL),
    LIST(setup_grant, sites, NULL),
};
SHAPE(setup_grant);

static const struct slot setup_source_slots[] = {
    ONE(setup_source, source),
    ONE(setup_source, description),
    LIST(setup_source, senders, &setup_grant_shape),
};
SHAPE(setup_source);

static const struct slot setup_principal_slots[] = {
    ONE(setup_principal, principal), ONE(setup_principal, role),   ONE(setup_principal, name),
    ONE(setup_principal, post),      ONE(setup_principal, person),
};
SHAPE(setup_principal);

static const struct slot setup_retention_slots[] = {
    ONE(setup_retention, kind),
    MAYBE(setup_retention, min_months),
    MAYBE(setup_retention, max_months),
    ONE(setup_retention, legal_basis),
};
SHAPE(setup_retention);

static const struct slot setup_target_slots[] = {
    ONE(setup_target, metric),       MAYBE(setup_target, value), ONE(setup_target, approved_by),
    ONE(setup_target, from_quarter), ONE(setup_target, of),      MAYBE(setup_target, low),
    MAYBE(setup_target, high),
};
SHAPE(setup_target);

static const struct slot setup_rebase_slots[] = {
    ONE(setup_rebase, metric),      ONE(setup_rebase, first_day), ONE(setup_rebase, reason),
    ONE(setup_rebase, approved_by), ONE(setup_rebase, withdrawn),
};
SHAPE(setup_rebase);

static const struct slot setup_not_applicable_slots[] = {
    ONE(setup_not_applicable, metric),      ONE(setup_not_applicable, reason),
    ONE(setup_not_applicable, declared_by), ONE(setup_not_applicable, from_quarter),
    ONE(setup_not_applicable, applies),
};
SHAPE(setup_not_applicable);

static const struct slot setup_feed_slots[] = {
    ONE(setup_feed, source),      ONE(setup_feed, kind),     ONE(setup_feed, site),
    ONE(setup_feed, every_hours), ONE(setup_feed, from_day), ONE(setup_feed, until_day),
};
SHAPE(setup_feed);

static const struct slot setup_policy_slots[] = {
    ONE(setup_policy, approval),
    ONE(setup_policy, declared_by),
    ONE(setup_policy, declared_on),
    ONE(setup_policy, corrections),
};
SHAPE(setup_policy);

static const struct slot setup_request_slots[] = {
    ONE(setup_request, entity),
    ONE(setup_request, zone),
    LIST(setup_request, sites, &setup_site_shape),
    LIST(setup_request, providers, &setup_provider_shape),
    LIST(setup_request, sources, &setup_source_shape),
    LIST(setup_request, principals, &setup_principal_shape),
    LIST(setup_request, retention, &setup_retention_shape),
    LIST(setup_request, targets, &setup_target_shape),
    LIST(setup_request, not_applicable, &setup_not_applicable_shape),
    LIST(setup_request, feeds, &setup_feed_shape),
    LIST(setup_request, rebases, &setup_rebase_shape),
    {AT(setup_request, spd_policy), SLOT_ONE, 0, &setup_policy_shape},
    MAYBE(setup_request, revision_window_days),
    MAYBE(setup_request, grace_working_days),
    MAYBE(setup_request, correction_alone_hours),
    MAYBE(setup_request, materiality_pp),
    ONE(setup_request, marking),
    ONE(setup_request, handling),
};
SHAPE(setup_request);

static const struct shape status_request_shape = {0, NULL, 0};
static const struct shape reload_request_shape = {0, NULL, 0};
static const struct shape health_request_shape = {0, NULL, 0};

static const struct slot retention_request_slots[] = {
    ONE(retention_request, run),
    ONE(retention_request, certificates),
    MAYBE(retention_request, certificate_no),
    ONE(retention_request, after),
};
SHAPE(retention_request);

static const struct slot key_request_slots[] = {
    ONE(key_request, make_new),
    ONE(key_request, register_newest),
};
SHAPE(key_request);

static const struct slot rights_request_slots[] = {ONE(rights_request, principal)};
SHAPE(rights_request);

static const struct slot hold_request_slots[] = {
    ONE(hold_request, operation), MAYBE(hold_request, hold_id), ONE(hold_request, kind),
    ONE(hold_request, source),    ONE(hold_request, site_id),   ONE(hold_request, record_id),
    ONE(hold_request, person),    MAYBE(hold_request, since),   MAYBE(hold_request, until),
    ONE(hold_request, reason),    ONE(hold_request, authority), ONE(hold_request, review_on),
};
SHAPE(hold_request);

static const struct slot calendar_request_slots[] = {
    ONE(calendar_request, apply),
    ONE(calendar_request, reason),
};
SHAPE(calendar_request);

static const struct slot dimension_slots[] = {ONE(dimension, name), ONE(dimension, value)};
SHAPE(dimension);

static const struct slot spd_request_slots[] = {
    ONE(spd_request, operation),    ONE(spd_request, quarter),
    ONE(spd_request, revision),     ONE(spd_request, reference),
    ONE(spd_request, channel),      ONE(spd_request, text),
    ONE(spd_request, metric),       LIST(spd_request, by, &dimension_shape),
    ONE(spd_request, early),        ONE(spd_request, exclude_embargoed),
    ONE(spd_request, from_records), ONE(spd_request, exported_as),
    ONE(spd_request, seen),         ONE(spd_request, unsuppressed),
};
SHAPE(spd_request);

static const struct slot gap_request_slots[] = {
    ONE(gap_request, operation),  MAYBE(gap_request, gap_id), MAYBE(gap_request, lacks_from),
    MAYBE(gap_request, lacks_to), ONE(gap_request, reason),
};
SHAPE(gap_request);

static const struct slot verify_request_slots[] = {
    ONE(verify_request, quarter),
    ONE(verify_request, revision),
    ONE(verify_request, limit),
};
SHAPE(verify_request);

static const struct slot sign_request_slots[] = {
    ONE(sign_request, quarter),
    ONE(sign_request, revision),
    ONE(sign_request, manifest),
};
SHAPE(sign_request);

static const struct slot explain_request_slots[] = {
    ONE(explain_request, quarter), ONE(explain_request, revision),
    ONE(explain_request, metric),  LIST(explain_request, where, &dimension_shape),
    ONE(explain_request, after),   ONE(explain_request, limit),
};
SHAPE(explain_request);

static const struct slot quarantine_request_slots[] = {
    ONE(quarantine_request, operation), ONE(quarantine_request, quarantine_id),
    ONE(quarantine_request, after_id),  ONE(quarantine_request, limit),
    ONE(quarantine_request, source),    ONE(quarantine_request, reason),
};
SHAPE(quarantine_request);

static const struct slot record_request_slots[] = {
    ONE(record_request, kind),
    ONE(record_request, source),
    ONE(record_request, record_id),
};
SHAPE(record_request);

static const struct slot trace_request_slots[] = {
    ONE(trace_request, source),
    ONE(trace_request, record_id),
};
SHAPE(trace_request);

static const struct slot pending_request_slots[] = {
    ONE(pending_request, source),
    ONE(pending_request, made_by),
    ONE(pending_request, after),
    ONE(pending_request, limit),
};
SHAPE(pending_request);

static const struct slot doubles_request_slots[] = {
    ONE(doubles_request, kind),  ONE(doubles_request, source), ONE(doubles_request, quarter),
    ONE(doubles_request, after), ONE(doubles_request, limit),
};
SHAPE(doubles_request);

static const struct slot records_request_slots[] = {
    LIST(records_request, kind, NULL),  ONE(records_request, source),
    ONE(records_request, site),         ONE(records_request, source_record_id),
    ONE(records_request, outcome),      ONE(records_request, quarter),
    MAYBE(records_request, from),       MAYBE(records_request, until),
    ONE(records_request, oldest_first), ONE(records_request, after),
    ONE(records_request, limit),        ONE(records_request, person),
    ONE(records_request, reason),
};
SHAPE(records_request);

static const struct slot numbers_request_slots[] = {
    ONE(numbers_request, kind),
    ONE(numbers_request, source),
    LIST(numbers_request, numbers, NULL),
    ONE(numbers_request, fresh),
};
SHAPE(numbers_request);

static const struct slot import_request_slots[] = {
    ONE(import_request, operation),   ONE(import_request, run),   ONE(import_request, file),
    ONE(import_request, file_sha256), ONE(import_request, map),   ONE(import_request, map_sha256),
    ONE(import_request, reason),      ONE(import_request, after), ONE(import_request, limit),
};
SHAPE(import_request);

static const struct slot device_request_slots[] = {
    ONE(device_request, operation),  ONE(device_request, name),   ONE(device_request, code),
    ONE(device_request, public_key), ONE(device_request, key_id), ONE(device_request, token_sha256),
    ONE(device_request, seen),
};
SHAPE(device_request);

static const struct slot passkey_request_slots[] = {
    ONE(passkey_request, operation),  ONE(passkey_request, principal),
    ONE(passkey_request, link),       ONE(passkey_request, credential_id),
    ONE(passkey_request, public_key), ONE(passkey_request, sign_count),
    ONE(passkey_request, name),       ONE(passkey_request, passkey),
};
SHAPE(passkey_request);

static const struct slot log_request_slots[] = {
    ONE(log_request, since), ONE(log_request, until), ONE(log_request, who),
    ONE(log_request, what),  ONE(log_request, limit), ONE(log_request, after),
    ONE(log_request, chain),
};
SHAPE(log_request);

static const struct slot history_request_slots[] = {ONE(history_request, day)};
SHAPE(history_request);

static const struct slot identity_person_slots[] = {
    ONE(identity_person, person),
    ONE(identity_person, name),
    ONE(identity_person, until),
};
SHAPE(identity_person);

static const struct slot identity_request_slots[] = {
    ONE(identity_request, operation),
    LIST(identity_request, persons, &identity_person_shape),
    ONE(identity_request, person),
    ONE(identity_request, reason),
};
SHAPE(identity_request);

static const struct slot case_word_said_slots[] = {
    ONE(case_word_said, name),
    ONE(case_word_said, value),
};
SHAPE(case_word_said);

static const struct slot case_event_told_slots[] = {
    ONE(case_event_told, event_id), ONE(case_event_told, number),
    ONE(case_event_told, kind),     ONE(case_event_told, event),
    MAYBE(case_event_told, valid),  LIST(case_event_told, words, &case_word_said_shape),
};
SHAPE(case_event_told);

static const struct slot case_request_slots[] = {
    ONE(case_request, operation), LIST(case_request, events, &case_event_told_shape),
    ONE(case_request, number),    LIST(case_request, kinds, NULL),
    ONE(case_request, state),     ONE(case_request, owner),
    ONE(case_request, finding),   ONE(case_request, severity),
    ONE(case_request, site_id),   ONE(case_request, open),
    ONE(case_request, due_until), ONE(case_request, as_of),
    ONE(case_request, known_by),  ONE(case_request, since),
    ONE(case_request, until),     ONE(case_request, after),
    ONE(case_request, limit),     ONE(case_request, local_severity),
    ONE(case_request, scheme),
};
SHAPE(case_request);

/* The fields of Request's body, by what they are for the office. */
#define BODY_IS(kind, name) [REQUEST_##kind] = {#name, &name##_request_shape}
static const struct body bodies[] = {
    [REQUEST_NONE] = {"", NULL},
    BODY_IS(SETUP, setup),
    BODY_IS(STATUS, status),
    BODY_IS(SPD, spd),
    BODY_IS(RETENTION, retention),
    BODY_IS(QUARANTINE, quarantine),
    BODY_IS(RECORD, record),
    BODY_IS(RECORDS, records),
    BODY_IS(GAP, gap),
    BODY_IS(VERIFY, verify),
    BODY_IS(SIGN, sign),
    BODY_IS(KEY, key),
    BODY_IS(EXPLAIN, explain),
    BODY_IS(TRACE, trace),
    BODY_IS(PENDING, pending),
    BODY_IS(DOUBLES, doubles),
    BODY_IS(NUMBERS, numbers),
    BODY_IS(IMPORT, import),
    BODY_IS(CALENDAR, calendar),
    BODY_IS(RELOAD, reload),
    BODY_IS(RIGHTS, rights),
    BODY_IS(DEVICE, device),
    BODY_IS(LOG, log),
    BODY_IS(HISTORY, history),
    BODY_IS(HOLD, hold),
    BODY_IS(IDENTITY, identity),
    BODY_IS(HEALTH, health),
    BODY_IS(PASSKEY, passkey),
    [REQUEST_CASE] = {"case", &case_request_shape},
};
COVERS(bodies, REQUEST_KINDS);

const struct body *
shape_body(enum request_kind kind)
{
	return &bodies[kind];
}
