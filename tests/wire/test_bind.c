/* The core's tables and the .proto say the same: kinds, fields, order, types, enumerations. */
#include "wire/bind.h"

#include <criterion/criterion.h>

#include <sems/v1/protocol.pb-c.h>
#include <stdio.h>

static const ProtobufCMessageDescriptor *const record = &sems__v1__record__descriptor;

static ProtobufCType
wire_type(enum field_type t)
{
	static const ProtobufCType types[] = {
	    [FIELD_TEXT] = PROTOBUF_C_TYPE_STRING,    [FIELD_ENUM] = PROTOBUF_C_TYPE_ENUM,
	    [FIELD_INT] = PROTOBUF_C_TYPE_INT64,      [FIELD_REAL] = PROTOBUF_C_TYPE_DOUBLE,
	    [FIELD_BOOL] = PROTOBUF_C_TYPE_BOOL,      [FIELD_TIME] = PROTOBUF_C_TYPE_INT64,
	    [FIELD_UUID] = PROTOBUF_C_TYPE_BYTES,     [FIELD_PERSON] = PROTOBUF_C_TYPE_STRING,
	    [FIELD_TEXTS] = PROTOBUF_C_TYPE_STRING,   [FIELD_ENUMS] = PROTOBUF_C_TYPE_ENUM,
	    [FIELD_PERSONS] = PROTOBUF_C_TYPE_STRING, [FIELD_LIST] = PROTOBUF_C_TYPE_MESSAGE,
	};

	return types[t];
}

static void
enums_agree(const char *where, const struct enum_table *t, const ProtobufCEnumDescriptor *d)
{
	cr_assert_not_null(t, "%s has no names", where);
	cr_assert_eq(t->n, d->n_values - 1, "%s: %zu names, %u in the .proto", where, t->n,
		     d->n_values - 1);
	cr_assert_eq(d->values[0].value, 0);
	for (size_t i = 0; i < t->n; i++) {
		char full[128];

		snprintf(full, sizeof full, "%s%s", t->prefix, t->names[i].name);
		const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(d, full);
		cr_assert_not_null(v, "%s: %s is not in the .proto", where, full);
		cr_assert_eq(v->value, t->names[i].number, "%s: the number of %s", where, full);
	}
}

static void
fields_agree(const char *where, const struct field *f, size_t n, const ProtobufCFieldDescriptor *d)
{
	for (size_t i = 0; i < n; i++) {
		char path[128];

		snprintf(path, sizeof path, "%s.%s", where, f[i].name);
		cr_assert_str_eq(f[i].name, d[i].name, "%s: the .proto has %s here", path,
				 d[i].name);
		cr_assert_eq(d[i].type, wire_type(f[i].type), "%s: type", path);
		cr_assert_eq(d[i].label == PROTOBUF_C_LABEL_REPEATED, f[i].type >= FIELD_TEXTS,
			     "%s: list or not", path);
		if (d[i].type == PROTOBUF_C_TYPE_ENUM)
			enums_agree(path, f[i].names, d[i].descriptor);
		if (d[i].type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		const ProtobufCMessageDescriptor *item = d[i].descriptor;
		cr_assert_eq(item->n_fields, f[i].n_item, "%s: number of fields", path);
		fields_agree(path, f[i].item, f[i].n_item, item->fields);
	}
}

/* P-1004 */
Test(bind, envelope_is_the_head_of_the_message_record)
{
	fields_agree("record", envelope_fields, ENV_COUNT, record->fields);
	cr_assert_eq(record->n_fields, ENV_COUNT + KIND_COUNT);
}

/* P-1004 */
Test(bind, every_kind_is_a_body_with_the_same_fields)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const ProtobufCFieldDescriptor *body = &record->fields[ENV_COUNT + i];

		cr_assert_str_eq(kinds[i]->name, body->name);
		cr_assert_geq(body->id, BODY_NUMBER_MIN);
		const ProtobufCMessageDescriptor *m = body->descriptor;
		cr_assert_eq(m->n_fields, kinds[i]->n_own, "%s: number of fields", kinds[i]->name);
		fields_agree(kinds[i]->name, kinds[i]->own, kinds[i]->n_own, m->fields);
	}
}

static size_t
slots_bound(const struct bound_message *m)
{
	size_t sum = 0;

	cr_assert_not_null(m);
	for (size_t i = 0; i < m->n; i++) {
		const struct slot *s = &m->slots[i];

		cr_assert_not_null(s->wire, "%s is not bound", s->field->name);
		cr_assert_eq(m->slot_of[s->wire - m->d->fields], i);
		sum += 1;
		if (s->field->type == FIELD_LIST)
			sum += slots_bound(s->item);
	}
	return sum;
}

Test(bind, every_field_has_a_slot)
{
	const struct binding *b = bind_get();
	size_t sum = slots_bound(b->record);

	for (size_t i = 0; i < KIND_COUNT; i++) {
		cr_assert_eq(b->kinds[i].kind, kinds[i]);
		cr_assert_eq(bind_body(b->kinds[i].body->id), &b->kinds[i]);
		cr_assert_eq(b->record->slot_of[b->kinds[i].body - record->fields], NO_SLOT);
		sum += slots_bound(b->kinds[i].own);
	}
	cr_assert_eq(sum, b->n_slots);
	cr_assert_null(bind_body(0));
	cr_assert_null(bind_body(BODY_NUMBER_MIN + KIND_COUNT));
}

Test(bind, reasons_have_the_numbers_of_the_protocol)
{
	const ProtobufCEnumDescriptor *d = &sems__v1__reason__descriptor;

	cr_assert_eq(d->n_values, REASON_COUNT);
	for (int r = 1; r < REASON_COUNT; r++) {
		const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, r);
		char full[64];

		snprintf(full, sizeof full, "REASON_%s", reason_name((enum reason)r));
		cr_assert_str_eq(v->name, full);
	}
}

/* protobuf-c unpacks by recursion without a limit, so the schema must not let it. */
static unsigned
depth_of(const ProtobufCMessageDescriptor *m, unsigned above)
{
	unsigned deepest = above + 1;

	cr_assert_lt(above, 6, "%s: recursive, or nested too deep", m->name);
	cr_assert_leq(m->n_fields, 64, "%s has more fields than the guard can track", m->name);
	for (unsigned i = 0; i < m->n_fields; i++) {
		if (m->fields[i].type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		unsigned d = depth_of(m->fields[i].descriptor, above + 1);
		deepest = d > deepest ? d : deepest;
	}
	return deepest;
}

Test(bind, schema_has_no_recursive_message)
{
	cr_assert_eq(depth_of(record, 0), 3);
	cr_assert_leq(depth_of(&sems__v1__client_frame__descriptor, 0), 6);
	cr_assert_leq(depth_of(&sems__v1__server_frame__descriptor, 0), 6);
}
