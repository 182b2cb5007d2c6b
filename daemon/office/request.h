/*
 * What can be asked, whoever asks it: one struct a request. A door makes them of what it reads
 * (door/request.h of frames); the office knows no encoding of theirs.
 *
 * All zero is an empty request. A text is NUL-terminated; NULL: absent, which handlers take as
 * empty unless it says otherwise. Numbers are 0 when absent; where 0 means something else there is
 * `has_`. A list has `n_` elements and may be NULL when there is none. Nothing here is checked:
 * handlers tell what is too long, too many, or no clean UTF-8. How large a request may be in all is
 * bounded by its door. Times are Unix milliseconds. What the fields mean stands in admin.proto,
 * whose names they bear.
 */
#ifndef SEMS_OFFICE_REQUEST_H
#define SEMS_OFFICE_REQUEST_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_kind {
	REQUEST_NONE,
	REQUEST_SETUP,
	REQUEST_STATUS,
	REQUEST_SPD,
	REQUEST_RETENTION,
	REQUEST_QUARANTINE,
	REQUEST_RECORD,
	REQUEST_RECORDS,
	REQUEST_GAP,
	REQUEST_VERIFY,
	REQUEST_SIGN,
	REQUEST_KEY,
	REQUEST_EXPLAIN,
	REQUEST_TRACE,
	REQUEST_PENDING,
	REQUEST_DOUBLES,
	REQUEST_NUMBERS,
	REQUEST_IMPORT,
	REQUEST_CALENDAR,
	REQUEST_RELOAD,
	REQUEST_DEVICE,
	REQUEST_LOG,
	REQUEST_HISTORY,
	REQUEST_HEALTH,
	REQUEST_PASSKEY,
	REQUEST_RIGHTS,
	REQUEST_HOLD,
	REQUEST_IDENTITY,
	REQUEST_CASE,
	REQUEST_KINDS,
};

/* --- the entity ------------------------------------------------------------------------------- */

struct setup_location {
	const char *location_id;
	const char *name;
};

struct setup_site {
	const char *site_id;
	const char *name;
	const struct setup_location *locations;
	size_t n_locations;
};

struct setup_provider {
	const char *provider_id;
	const char *name;
};

struct setup_grant {
	const char *principal;
	const char *const *kinds;
	size_t n_kinds;
	const char *const *sites;
	size_t n_sites;
};

struct setup_source {
	const char *source;
	const char *description;
	const struct setup_grant *senders;
	size_t n_senders;
};

struct setup_principal {
	const char *principal;
	const char *role;
	const char *name;
	const char *post;
	const char *person;
};

struct setup_retention {
	const char *kind;
	uint32_t min_months;
	bool has_min_months;
	uint32_t max_months;
	bool has_max_months;
	const char *legal_basis;
};

struct setup_target {
	const char *metric;
	double value;
	bool has_value;
	double low;
	bool has_low;
	double high;
	bool has_high;
	const char *approved_by;
	const char *from_quarter;
	const char *of;
};

struct setup_rebase {
	const char *metric;
	const char *first_day;
	const char *reason;
	const char *approved_by;
	bool withdrawn;
};

struct setup_not_applicable {
	const char *metric;
	const char *reason;
	const char *declared_by;
	const char *from_quarter;
	bool applies;
};

struct setup_feed {
	const char *source;
	const char *kind;
	const char *site;
	uint32_t every_hours;
	const char *from_day;
	const char *until_day;
};

struct setup_policy {
	const char *approval;
	const char *declared_by;
	const char *declared_on;
	const char *corrections;
};

struct setup_request {
	const char *entity;
	const char *zone;
	const struct setup_site *sites;
	size_t n_sites;
	const struct setup_provider *providers;
	size_t n_providers;
	const struct setup_source *sources;
	size_t n_sources;
	const struct setup_principal *principals;
	size_t n_principals;
	const struct setup_retention *retention;
	size_t n_retention;
	const struct setup_target *targets;
	size_t n_targets;
	const struct setup_not_applicable *not_applicable;
	size_t n_not_applicable;
	const struct setup_feed *feeds;
	size_t n_feeds;
	const struct setup_rebase *rebases;
	size_t n_rebases;
	const struct setup_policy *spd_policy; /* NULL: as it is */
	uint32_t revision_window_days;
	bool has_revision_window_days;
	uint32_t grace_working_days;
	bool has_grace_working_days;
	uint32_t correction_alone_hours;
	bool has_correction_alone_hours;
	double materiality_pp;
	bool has_materiality_pp;
	const char *marking;
	const char *handling; /* NULL: as it is; "": none */
};

struct retention_request {
	bool run;
	bool certificates;       /* of what was removed, in place of the plan */
	uint64_t certificate_no; /* one of them */
	bool has_certificate_no;
	uint64_t after; /* the last number of the page before */
};

enum hold_op {
	HOLD_OP_LIST = 1,
	HOLD_OP_SHOW,
	HOLD_OP_ADD,
	HOLD_OP_LIFT,
};

struct hold_request {
	uint32_t operation; /* enum hold_op */
	uint64_t hold_id;
	bool has_hold_id;
	const char *kind;
	const char *source;
	const char *site_id;
	const char *record_id;
	const char *person; /* as in records, or "~" and a pseudonym */
	int64_t since;
	bool has_since;
	int64_t until;
	bool has_until;
	const char *reason;
	const char *authority;
	const char *review_on;
};

enum identity_op {
	IDENTITY_OP_NOTE = 1,
	IDENTITY_OP_FIND,
	IDENTITY_OP_ERASE,
};

struct identity_person {
	const char *person; /* as senders name him */
	const char *name;
	const char *until; /* "2026-11-30"; NULL, "": he is with the entity */
};

struct identity_request {
	uint32_t operation; /* enum identity_op */
	const struct identity_person *persons;
	size_t n_persons;
	const char *person; /* the same, or "~" and a pseudonym */
	const char *reason;
};

struct key_request {
	bool make_new;
	bool register_newest;
};

struct rights_request {
	const char *principal; /* NULL, "": who asks */
};

struct calendar_request {
	bool apply;
	const char *reason;
};

/* --- a quarter -------------------------------------------------------------------------------- */

/* Operations are numbered as in admin.proto; a door may hand on one that nobody knows. */
enum spd_op {
	SPD_OP_SHOW = 1,
	SPD_OP_FREEZE,
	SPD_OP_SUBMIT,
	SPD_OP_LIST,
	SPD_OP_QA,
	SPD_OP_COMMENT,
	SPD_OP_APPROVE,
	SPD_OP_REJECT,
	SPD_OP_WITHDRAW,
	SPD_OP_ACKNOWLEDGE,
	SPD_OP_REVISE,
	SPD_OP_DIFF,
	SPD_OP_CHECK,
	SPD_OP_DECLARATION,
	SPD_OP_STATUS,
};

/* Which figure of a metric: one of its dimensions. */
struct dimension {
	const char *name;
	const char *value;
};

struct spd_request {
	uint32_t operation; /* enum spd_op */
	const char *quarter;
	uint32_t revision;
	const char *reference;
	const char *channel;
	const char *text;
	const char *metric;
	const struct dimension *by;
	size_t n_by;
	const char *early;
	const char *exclude_embargoed;
	bool from_records;
	const char *exported_as;
	const char *seen;
	const char *unsuppressed;
};

enum gap_op {
	GAP_OP_LIST = 1,
	GAP_OP_ADD,
	GAP_OP_RESOLVE,
};

struct gap_request {
	uint32_t operation; /* enum gap_op */
	uint64_t gap_id;
	bool has_gap_id;
	int64_t lacks_from;
	bool has_lacks_from;
	int64_t lacks_to;
	bool has_lacks_to;
	const char *reason;
};

struct verify_request {
	const char *quarter;
	uint32_t revision;
	uint32_t limit;
};

struct sign_request {
	const char *quarter;
	uint32_t revision;
	struct text manifest; /* .s NULL: none */
};

struct explain_request {
	const char *quarter;
	uint32_t revision;
	const char *metric;
	const struct dimension *where;
	size_t n_where;
	const char *after;
	uint32_t limit;
};

/* --- records ---------------------------------------------------------------------------------- */

enum quarantine_op {
	QUARANTINE_OP_LIST = 1,
	QUARANTINE_OP_SHOW,
	QUARANTINE_OP_REQUEUE,
	QUARANTINE_OP_DISCARD,
};

struct quarantine_request {
	uint32_t operation; /* enum quarantine_op */
	uint64_t quarantine_id;
	uint64_t after_id;
	uint32_t limit;
	const char *source;
	const char *reason;
};

struct record_request {
	const char *kind;
	const char *source;
	struct text record_id; /* bytes, as in trace_request */
};

struct trace_request {
	const char *source;
	struct text record_id;
};

struct pending_request {
	const char *source;
	const char *made_by;
	const char *after;
	uint32_t limit;
};

struct doubles_request {
	const char *kind;
	const char *source;
	const char *quarter;
	const char *after;
	uint32_t limit;
};

struct records_request {
	const char *const *kind;
	size_t n_kind;
	const char *source;
	const char *site;
	const char *source_record_id;
	const char *outcome;
	const char *quarter;
	int64_t from;
	bool has_from;
	int64_t until;
	bool has_until;
	bool oldest_first;
	const char *after;
	uint32_t limit;
	const char *person; /* NULL, "": whoever they are about */
	const char *reason; /* with it */
};

struct numbers_request {
	const char *kind;
	const char *source;
	const char *const *numbers;
	size_t n_numbers;
	bool fresh;
};

enum import_op {
	IMPORT_OP_BEGIN = 1,
	IMPORT_OP_END,
	IMPORT_OP_LIST,
	IMPORT_OP_SHOW,
	IMPORT_OP_UNDONE,
};

struct import_request {
	uint32_t operation; /* enum import_op */
	const char *run;
	const char *file;
	const char *file_sha256;
	const char *map;
	const char *map_sha256;
	const char *reason;
	const char *after;
	uint32_t limit;
};

/* --- devices ---------------------------------------------------------------------------------- */

/* As DeviceOperation of admin.proto. */
enum device_op {
	DEVICE_OP_NONE,
	DEVICE_OP_INVITE,
	DEVICE_OP_REVOKE,
	DEVICE_OP_LIST,
	DEVICE_OP_ENROL,
	DEVICE_OP_KNOW,
};

struct device_request {
	uint32_t operation; /* enum device_op */
	const char *name;
	const char *code;
	struct text public_key;
	const char *key_id;
	struct text token_sha256;
	bool seen;
};

/* As PasskeyOperation of admin.proto. */
enum passkey_op {
	PASSKEY_OP_NONE,
	PASSKEY_OP_INVITE,
	PASSKEY_OP_REVOKE,
	PASSKEY_OP_LIST,
	PASSKEY_OP_LOOK,
	PASSKEY_OP_REGISTER,
	PASSKEY_OP_KNOW,
	PASSKEY_OP_USE,
};

struct passkey_request {
	uint32_t operation; /* enum passkey_op */
	const char *principal;
	const char *link;
	struct text credential_id;
	struct text public_key;
	uint32_t sign_count;
	const char *name;
	uint64_t passkey;
};

struct log_request {
	const char *since; /* a day or an instant; NULL, "": from the beginning */
	const char *until; /* to its end, or before it; NULL, "": to the end */
	const char *who;
	const char *what;
	uint32_t limit; /* 0: 100, at most 1,000 */
	uint64_t after; /* the number of the entry before; 0: none */
	bool chain;
};

struct history_request {
	const char *day; /* NULL, "": now */
};

/* --- cases ------------------------------------------------------------------------------------ */

enum case_op {
	CASE_OP_LIST = 1,
	CASE_OP_SHOW,
	CASE_OP_DIFF,
	CASE_OP_TELL,
	CASE_OP_SCALE,
	CASE_OP_REGISTER,
	CASE_OP_FLAGS,
	CASE_OP_SCHEME,
};

struct case_word_said {
	const char *name;
	const char *value;
};

struct case_event_told {
	struct text event_id;
	const char *number; /* NULL, "": a new case */
	const char *kind;
	const char *event;
	int64_t valid;
	bool has_valid;
	const struct case_word_said *words;
	size_t n_words;
};

struct case_request {
	uint32_t operation; /* enum case_op */
	const struct case_event_told *events;
	size_t n_events;
	const char *number;
	const char *const *kinds;
	size_t n_kinds;
	const char *state;
	const char *owner;
	const char *finding;
	const char *severity;
	const char *site_id;
	bool open;
	const char *due_until;
	const char *as_of;
	const char *known_by;
	const char *since;
	const char *until;
	const char *after;
	uint32_t limit;
	const char *local_severity;
	const char *scheme; /* JSON */
};

/* --- one of them ------------------------------------------------------------------------------ */

/* The member of the kind is not NULL; REQUEST_STATUS, REQUEST_RELOAD, REQUEST_HEALTH and
 * REQUEST_NONE have none. */
struct request {
	enum request_kind kind;
	union {
		const void *body;
		const struct setup_request *setup;
		const struct spd_request *spd;
		const struct retention_request *retention;
		const struct quarantine_request *quarantine;
		const struct record_request *record;
		const struct records_request *records;
		const struct gap_request *gap;
		const struct verify_request *verify;
		const struct sign_request *sign;
		const struct key_request *key;
		const struct explain_request *explain;
		const struct trace_request *trace;
		const struct pending_request *pending;
		const struct doubles_request *doubles;
		const struct numbers_request *numbers;
		const struct import_request *import;
		const struct calendar_request *calendar;
		const struct rights_request *rights;
		const struct hold_request *hold;
		const struct identity_request *identity;
		const struct case_request *cases;
		const struct device_request *device;
		const struct passkey_request *passkey;
		const struct log_request *log;
		const struct history_request *history;
	};
};

#endif
