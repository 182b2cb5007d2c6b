/*
 * Whatever a peer sends as a record: it is refused with a reason, or read; and what was read is
 * written, read again, and written to the same bytes.
 */
#include "core/validate.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/frame.h"

#include <stdlib.h>

/* NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_record(const struct record *r, struct arena *a, struct buf *b)
{
	buf_init(b, (size_t)4 * RECORD_BYTES_MAX);
	if (!wire_put_record(r, a, b))
		abort();
}

static void
write_and_read(const struct record *r, struct arena *a)
{
	struct buf first, second;
	struct record back;
	struct text source;
	struct refusal why;

	write_record(r, a, &first);
	/* Encoded in full what was packed, a record may be over the limit. */
	if (first.n <= RECORD_BYTES_MAX) {
		if (!wire_record((struct text){(const char *)first.p, first.n}, a, &back, &source,
				 &why))
			abort();
		write_record(&back, a, &second);
		if (first.n != second.n || memcmp(first.p, second.p, first.n) != 0)
			abort();
		buf_fini(&second);
	}
	buf_fini(&first);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)1 << 24);
	struct record r;
	struct text source;
	struct refusal why = {0};

	if (a == NULL)
		return 0;
	if (!wire_record((struct text){(const char *)data, size}, a, &r, &source, &why)) {
		if (why.reason == REASON_NONE || why.err.text[0] == '\0')
			abort();
	} else {
		write_and_read(&r, a);
		(void)record_validate(&r, (struct utc_ms){1775034120015}, NULL, &why);
	}
	arena_free(a);
	return 0;
}
