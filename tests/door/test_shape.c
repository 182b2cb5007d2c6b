/* The office's requests and admin.proto say the same: each field of the one is one of the other. */
#include "base/count.h"
#include "door/shape.h"

#include <criterion/criterion.h>

#include <sems/v1/protocol.pb-c.h>
#include <stdio.h>

static const struct {
	ProtobufCType wire;
	enum slot_type type;
} types[] = {
    {PROTOBUF_C_TYPE_STRING, SLOT_TEXT},    {PROTOBUF_C_TYPE_BYTES, SLOT_BYTES},
    {PROTOBUF_C_TYPE_BOOL, SLOT_BOOL},      {PROTOBUF_C_TYPE_UINT32, SLOT_U32},
    {PROTOBUF_C_TYPE_ENUM, SLOT_U32},       {PROTOBUF_C_TYPE_UINT64, SLOT_U64},
    {PROTOBUF_C_TYPE_INT64, SLOT_I64},      {PROTOBUF_C_TYPE_DOUBLE, SLOT_DOUBLE},
    {PROTOBUF_C_TYPE_MESSAGE, SLOT_STRUCT},
};

static const struct slot *
slot_named(const struct shape *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->slots[i].name, name) == 0)
			return &s->slots[i];
	return NULL;
}

static enum slot_type
type_of(ProtobufCType wire)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].wire == wire)
			return types[i].type;
	cr_assert_fail("no slot holds the wire's type %d", (int)wire);
	return SLOT_STRUCT;
}

static void
fields_agree(const struct shape *s, const ProtobufCMessageDescriptor *d)
{
	cr_assert_eq(s->n, d->n_fields, "%s has %u fields, its struct %zu", d->name, d->n_fields,
		     s->n);
	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		const struct slot *slot = slot_named(s, f->name);

		cr_assert_not_null(slot, "%s.%s has no slot", d->name, f->name);
		cr_assert_eq(slot->type, type_of(f->type), "%s.%s", d->name, f->name);
		cr_assert_eq(slot->count == SLOT_LIST, f->label == PROTOBUF_C_LABEL_REPEATED,
			     "%s.%s", d->name, f->name);
		cr_assert_eq(slot->type == SLOT_STRUCT, slot->of != NULL, "%s.%s", d->name,
			     f->name);
		if (slot->of != NULL)
			fields_agree(slot->of, f->descriptor);
	}
}

Test(shape, has_each_request_of_the_protocol_and_each_of_its_fields)
{
	const ProtobufCMessageDescriptor *d = &sems__v1__request__descriptor;
	int found = 0;

	for (int kind = REQUEST_NONE + 1; kind < REQUEST_KINDS; kind++) {
		const struct body *b = shape_body((enum request_kind)kind);
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field_by_name(d, b->name);

		cr_assert_not_null(f, "Request has no %s", b->name);
		fields_agree(b->shape, f->descriptor);
		found++;
	}
	/* All of the body, and request_no. */
	cr_expect_eq(d->n_fields, (unsigned)found + 1);
}

/* Names of the .proto and the office's numbers, in the .proto's order. */
struct number {
	const char *name;
	int here;
};

static void
numbers_agree(const ProtobufCEnumDescriptor *d, const struct number *numbers, size_t n)
{
	cr_assert_eq(d->n_values, n + 1, "%s has %u values, here are %zu", d->name, d->n_values, n);
	for (size_t i = 0; i < n; i++) {
		const ProtobufCEnumValue *v =
		    protobuf_c_enum_descriptor_get_value_by_name(d, numbers[i].name);

		cr_assert_not_null(v, "%s has no %s", d->name, numbers[i].name);
		cr_expect_eq(v->value, numbers[i].here, "%s", numbers[i].name);
	}
}

#define SPD(name)                                     \
	{                                             \
		"SPD_OPERATION_" #name, SPD_OP_##name \
	}
#define GAP(name)                                     \
	{                                             \
		"GAP_OPERATION_" #name, GAP_OP_##name \
	}
#define HOLD(name)                                      \
	{                                               \
		"HOLD_OPERATION_" #name, HOLD_OP_##name \
	}
#define IDENTITY(name)                                          \
	{                                                       \
		"IDENTITY_OPERATION_" #name, IDENTITY_OP_##name \
	}
#define CASE(name)                                      \
	{                                               \
		"CASE_OPERATION_" #name, CASE_OP_##name \
	}
#define QUARANTINE(name)                                            \
	{                                                           \
		"QUARANTINE_OPERATION_" #name, QUARANTINE_OP_##name \
	}
#define IMPORT(name)                                        \
	{                                                   \
		"IMPORT_OPERATION_" #name, IMPORT_OP_##name \
	}

Test(shape, numbers_operations_as_the_protocol_does)
{
	static const struct number spd[] = {
	    SPD(SHOW),    SPD(FREEZE),  SPD(SUBMIT), SPD(LIST),        SPD(QA),
	    SPD(COMMENT), SPD(APPROVE), SPD(REJECT), SPD(WITHDRAW),    SPD(ACKNOWLEDGE),
	    SPD(REVISE),  SPD(DIFF),    SPD(CHECK),  SPD(DECLARATION), SPD(STATUS),
	};
	static const struct number gap[] = {GAP(LIST), GAP(ADD), GAP(RESOLVE)};
	static const struct number quarantine[] = {QUARANTINE(LIST), QUARANTINE(SHOW),
						   QUARANTINE(REQUEUE), QUARANTINE(DISCARD)};
	static const struct number import[] = {IMPORT(BEGIN), IMPORT(END), IMPORT(LIST),
					       IMPORT(SHOW), IMPORT(UNDONE)};

	numbers_agree(&sems__v1__spd_operation__descriptor, spd, COUNT(spd));
	static const struct number hold[] = {HOLD(LIST), HOLD(SHOW), HOLD(ADD), HOLD(LIFT)};

	numbers_agree(&sems__v1__hold_operation__descriptor, hold, COUNT(hold));
	static const struct number identity[] = {IDENTITY(NOTE), IDENTITY(FIND), IDENTITY(ERASE)};

	numbers_agree(&sems__v1__identity_operation__descriptor, identity, COUNT(identity));
	static const struct number cases[] = {CASE(LIST),  CASE(SHOW),  CASE(DIFF),
					      CASE(TELL),  CASE(SCALE), CASE(REGISTER),
					      CASE(FLAGS), CASE(SCHEME)};

	numbers_agree(&sems__v1__case_operation__descriptor, cases, COUNT(cases));
	numbers_agree(&sems__v1__gap_operation__descriptor, gap, COUNT(gap));
	numbers_agree(&sems__v1__quarantine_operation__descriptor, quarantine, COUNT(quarantine));
	numbers_agree(&sems__v1__import_operation__descriptor, import, COUNT(import));
}
