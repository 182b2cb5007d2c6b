#include "client/packed.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

#include <sems/v1/protocol.pb-c.h>
#include <string.h>

#define SOURCE "\x12\3abc" /* a record that has but a source */

static void
expect_varint(uint64_t v, const char *bytes, size_t n)
{
	unsigned char got[PACKED_VARINT_MAX];

	cr_expect_eq(packed_varint(got, v), n);
	cr_expect_arr_eq(got, bytes, n);
}

Test(packed, writes_varints_as_protobuf_has_them)
{
	expect_varint(0, "\0", 1);
	expect_varint(127, "\x7f", 1);
	expect_varint(128, "\x80\x01", 2);
	expect_varint(300, "\xac\x02", 2);
	expect_varint(UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
}

/* A frame of n records under a number, and what protobuf-c reads there. */
static void
expect_batch(uint64_t batch_no, size_t n)
{
	unsigned char head[PACKED_BATCH_HEAD_MAX];
	unsigned char record[PACKED_RECORD_HEAD_MAX];
	size_t n_record = packed_record_head(record, strlen(SOURCE));
	struct buf b;
	struct text body;
	size_t used;
	struct err e;
	Sems__V1__ClientFrame *f;

	buf_init(&b, 1u << 20);
	cr_assert(
	    buf_add(&b, head, packed_batch_head(head, batch_no, n * (n_record + strlen(SOURCE)))));
	for (size_t i = 0; i < n; i++) {
		buf_add(&b, record, n_record);
		buf_add(&b, SOURCE, strlen(SOURCE));
	}
	cr_assert_not(b.failed);
	cr_assert_eq(frame_next(b.p, b.n, 1u << 20, &body, &used, &e), FRAME_READY);
	cr_expect_eq(used, b.n);
	f = sems__v1__client_frame__unpack(NULL, body.n, (const uint8_t *)body.s);
	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__CLIENT_FRAME__BODY_BATCH);
	cr_expect_eq(f->batch->batch_no, batch_no);
	cr_expect_eq(f->batch->n_records, n);
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(f->batch->records[i]->source, "abc");
	sems__v1__client_frame__free_unpacked(f, NULL);
	buf_fini(&b);
}

Test(packed, frames_records_that_are_packed_already)
{
	expect_batch(1, 0);
	expect_batch(1, 1);
	expect_batch(200, 20);
	expect_batch(UINT64_MAX, 3000);
}
