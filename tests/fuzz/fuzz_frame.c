/* Whatever a peer sends: frames cut out of the stream, and each read as a ClientFrame. */
#include "wire/decode.h"
#include "wire/frame.h"

#include <stdlib.h>

/* NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)1 << 22);
	struct text body;
	struct err e;
	size_t used;

	while (a != NULL &&
	       frame_next(data, size, FRAME_BYTES_MAX, &body, &used, &e) == FRAME_READY) {
		struct client_frame f;

		if (frame_size(data, size) != used || used < body.n)
			abort();
		arena_reset(a);
		if (wire_client_frame(body, BATCH_RECORDS_MAX, a, &f, &e) == OK &&
		    f.type == CLIENT_BATCH && f.batch.n > BATCH_RECORDS_MAX)
			abort();
		data += used;
		size -= used;
	}
	arena_free(a);
	return 0;
}
