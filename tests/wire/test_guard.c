#include "base/count.h"
#include "tests/wire/make_record.h"
#include "wire/guard.h"

#include <criterion/criterion.h>

#include <sems/v1/protocol.pb-c.h>

struct row {
	const char *what;
	const char *hex;
	enum reason reason; /* REASON_NONE: passes */
	const char *path;
};

/* Body fields: C202 observation, D202 audit, DA02 tip_event, E202 tip_session. */
static const struct row rows[] = {
    {"nothing at all", "", REASON_NONE, ""},
    {"an empty body", "DA0200", REASON_NONE, ""},
    {"fields out of order", "DA0200 120161", REASON_NONE, ""},
    {"a body twice", "DA0200 DA0200", REASON_MALFORMED, "tip_event"},
    {"two bodies", "C20200 DA0200", REASON_MALFORMED, "tip_event"},
    {"a text twice", "120161 120162", REASON_MALFORMED, "source"},
    {"a number twice in a body", "DA0204 38013802", REASON_MALFORMED, "tip_event.event_no"},
    {"an unknown field", "F00105", REASON_UNKNOWN_FIELD, "#30"},
    {"an unknown body", "E20300", REASON_UNKNOWN_FIELD, "#60"},
    {"an unknown field in a body", "DA0203 F00105", REASON_UNKNOWN_FIELD, "tip_event.#30"},
    {"an unknown field in a list", "D20207 4A00 4A03 F00105", REASON_UNKNOWN_FIELD,
     "audit.findings[1].#30"},
    {"text as a number", "1005", REASON_MALFORMED, "source"},
    {"a number as text", "5A0105", REASON_MALFORMED, "occurred_at"},
    {"a number as 4 bytes", "5D00000000", REASON_MALFORMED, "occurred_at"},
    {"a list as a number", "4005", REASON_MALFORMED, "requirement_refs[0]"},
    {"a group", "0B0C", REASON_MALFORMED, ""},
    {"the end of a group", "0C", REASON_MALFORMED, ""},
    {"wire type 6", "0E", REASON_MALFORMED, ""},
    {"wire type 7", "0F", REASON_MALFORMED, ""},
    {"field number 0", "0000", REASON_MALFORMED, ""},
    {"a tag of 5 bytes too large", "9280808010 00", REASON_MALFORMED, ""},
    {"a length in more bytes than some readers take", "12808080808000", REASON_MALFORMED, ""},
    {"a text cut short", "120561", REASON_MALFORMED, ""},
    {"a tag alone", "12", REASON_MALFORMED, ""},
    {"a tag cut short", "DA", REASON_MALFORMED, ""},
    {"a text as long as can be said", "12FFFFFFFFFFFFFFFFFF01", REASON_MALFORMED, ""},
    {"a body cut short", "DA0202 38", REASON_MALFORMED, ""},
    {"a field of a body cut short", "DA0201 38", REASON_MALFORMED, "tip_event"},
    {"a varint of 11 bytes", "58FFFFFFFFFFFFFFFFFFFF01", REASON_MALFORMED, ""},
    {"a varint of 65 bits", "58FFFFFFFFFFFFFFFFFF02", REASON_MALFORMED, ""},
    {"the smallest number", "5880808080808080808001", REASON_NONE, ""},
    {"a longer varint than needed", "588100", REASON_NONE, ""},
    {"a double cut short", "E20203 790000", REASON_MALFORMED, "tip_session"},
    {"truth of 2", "C00102", REASON_MALFORMED, "embargo"},
    {"an enumeration value", "DA0203 800101", REASON_NONE, ""},
    {"an unknown enumeration value", "DA0203 80014D", REASON_ENUM, "tip_event.outcome"},
    {"a negative enumeration value", "DA020C 8001FFFFFFFFFFFFFFFFFF01", REASON_ENUM,
     "tip_event.outcome"},
    {"1 in 33 bits, which protobuf-c takes for 1", "DA0207 80018180808010", REASON_ENUM,
     "tip_event.outcome"},
    {"an unknown value deep inside", "D20206 4A00 4A02 1063", REASON_ENUM,
     "audit.findings[1].severity"},
    {"a list, one by one", "D20204 30013002", REASON_NONE, ""},
    {"a list, packed", "D20204 32020102", REASON_NONE, ""},
    {"an unknown value in a packed list", "D20204 32020163", REASON_ENUM, "audit.techniques[1]"},
    {"a packed list cut short", "D20204 32020180", REASON_MALFORMED, "audit.techniques[1]"},
    {"packed and one by one", "D20207 3001 3203010263", REASON_ENUM, "audit.techniques[3]"},
    {"text with a NUL", "1A03610062", REASON_TEXT, "source_record_id"},
    {"text that is not UTF-8", "1A01FF", REASON_TEXT, "source_record_id"},
    {"a surrogate in text", "1A03EDA080", REASON_TEXT, "source_record_id"},
    {"a control character in text", "1A011B", REASON_TEXT, "source_record_id"},
    {"bad text in a list", "42016142 0100", REASON_TEXT, "requirement_refs[1]"},
    {"bytes may hold anything", "0A0400FF1B80", REASON_NONE, ""},
};

static const struct guard_limits strict = {3, 1000, 100, false};

static bool
guard(const char *hex, const struct guard_limits *limits, struct refusal *why)
{
	struct arena *a = arena_new(1 << 20);
	struct text t = from_hex(hex, a);
	char *exact = malloc(t.n); /* so that the sanitizer sees a read past the end */

	memcpy(exact, t.s, t.n);
	bool ok = guard_message(&sems__v1__record__descriptor, exact, t.n, limits, why);
	free(exact);
	arena_free(a);
	return ok;
}

/* P-204, P-407 */
Test(guard, names_reason_and_field_of_each_fault)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct refusal why = {0};
		bool ok = guard(rows[i].hex, &strict, &why);

		cr_expect_eq(ok, rows[i].reason == REASON_NONE, "%s", rows[i].what);
		cr_expect_eq(why.reason, rows[i].reason, "%s: reason %d", rows[i].what, why.reason);
		cr_expect_str_eq(why.err.where, rows[i].path, "%s: path %s", rows[i].what,
				 why.err.where);
		cr_expect(ok || why.err.text[0] != '\0', "%s: says nothing", rows[i].what);
	}
}

Test(guard, lets_unknown_fields_of_frames_pass)
{
	struct guard_limits lax = strict;
	struct refusal why;

	lax.unknown_allowed = true;
	cr_assert(guard("F00105 E20300 DA0203F00105", &lax, &why));
	cr_assert_not(guard("F00105 120561", &lax, &why));
	cr_assert_eq(why.reason, REASON_MALFORMED);
}

/* P-205 */
Test(guard, keeps_each_limit)
{
	const char *hex = "D20206 4A00 4A02 1001"; /* two findings, the second with a severity */
	struct refusal why;
	struct guard_limits l = {3, 4, 2, false};

	cr_assert(guard(hex, &l, &why));
	l = (struct guard_limits){2, 4, 2, false};
	cr_assert_not(guard(hex, &l, &why));
	cr_assert_eq(why.reason, REASON_TOO_LONG);
	cr_assert_str_eq(why.err.where, "audit.findings[0]");
	l = (struct guard_limits){3, 3, 2, false};
	cr_assert_not(guard(hex, &l, &why));
	cr_assert_eq(why.reason, REASON_TOO_LONG);
	l = (struct guard_limits){3, 4, 1, false};
	cr_assert_not(guard(hex, &l, &why));
	cr_assert_eq(why.reason, REASON_TOO_LONG);
	cr_assert_str_eq(why.err.where, "audit.findings[1]");
	l = (struct guard_limits){3, 4, 1, false};
	cr_assert_not(guard("D20204 32020102", &l, &why), "packed elements count too");
	cr_assert_eq(why.reason, REASON_TOO_LONG);
}

/* --- messages that the protocol does not have --------------------------------------------------
 */

/* n fields, numbered from 1; all of the first one's type, label and oneof. */
static ProtobufCMessageDescriptor
made_up(ProtobufCFieldDescriptor *fields, unsigned n)
{
	static ProtobufCIntRange ranges[2];

	for (unsigned i = 0; i < n; i++) {
		fields[i] = fields[0];
		fields[i].id = i + 1;
	}
	ranges[0] = (ProtobufCIntRange){1, 0};
	ranges[1] = (ProtobufCIntRange){0, n};
	return (ProtobufCMessageDescriptor){.magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
					    .fields = fields,
					    .n_fields = n,
					    .field_ranges = ranges,
					    .n_field_ranges = 1};
}

static bool
guard_made_up(const ProtobufCMessageDescriptor *d, const char *bytes, struct refusal *why)
{
	return guard_message(d, bytes, strlen(bytes), &strict, why);
}

Test(guard, refuses_types_that_the_protocol_does_not_use)
{
	ProtobufCFieldDescriptor field[1] = {{.name = "zigzag", .type = PROTOBUF_C_TYPE_SINT64}};
	struct refusal why;
	ProtobufCMessageDescriptor d = made_up(field, 1);

	cr_assert_not(guard_made_up(&d, "\x08\x01", &why));
	cr_assert_eq(why.reason, REASON_MALFORMED);
	cr_assert_str_eq(why.err.where, "zigzag");
	/* One that a later protobuf-c may have. */
	field[0].type = (ProtobufCType)(PROTOBUF_C_TYPE_MESSAGE + 1);
	cr_assert_not(guard_made_up(&d, "\x0a\x01 ", &why));
	cr_assert_eq(why.reason, REASON_MALFORMED);
}

Test(guard, refuses_messages_of_more_fields_than_it_can_count)
{
	ProtobufCFieldDescriptor field[65] = {{.name = "n", .type = PROTOBUF_C_TYPE_INT64}};
	struct refusal why;
	ProtobufCMessageDescriptor d = made_up(field, 64);

	cr_assert(guard_made_up(&d, "\x08\x01", &why));
	d = made_up(field, 65);
	cr_assert_not(guard_made_up(&d, "\x08\x01", &why));
	cr_assert_eq(why.reason, REASON_MALFORMED);
}

Test(guard, tells_two_choices_of_a_message_apart)
{
	ProtobufCFieldDescriptor field[3] = {{.name = "n",
					      .type = PROTOBUF_C_TYPE_INT64,
					      .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
					      .quantifier_offset = 24}};
	struct refusal why;
	ProtobufCMessageDescriptor d = made_up(field, 3);

	field[2].quantifier_offset = 32;
	cr_assert(guard_made_up(&d, "\x08\x01\x18\x01", &why), "one of each");
	cr_assert_not(guard_made_up(&d, "\x08\x01\x18\x01\x10\x01", &why), "two of the first");
	cr_assert_eq(why.reason, REASON_MALFORMED);
}
