#include "client/packed.h"

#include <string.h>

/* Keys: the field's number, and that a length or, of the number, a varint follows. */
#define FRAME_BATCH   0x12
#define BATCH_NO      0x08
#define BATCH_RECORDS 0x12

size_t
packed_record_head(unsigned char out[PACKED_RECORD_HEAD_MAX], size_t record_bytes)
{
	out[0] = BATCH_RECORDS;
	return 1 + packed_varint(out + 1, record_bytes);
}

size_t
packed_batch_head(unsigned char out[PACKED_BATCH_HEAD_MAX], uint64_t batch_no, size_t records_bytes)
{
	unsigned char no[1 + PACKED_VARINT_MAX] = {BATCH_NO};
	unsigned char body[1 + PACKED_VARINT_MAX] = {FRAME_BATCH};
	size_t n_no = 1 + packed_varint(no + 1, batch_no);
	size_t n_body = 1 + packed_varint(body + 1, n_no + records_bytes);
	size_t n = packed_varint(out, n_body + n_no + records_bytes);

	memcpy(out + n, body, n_body);
	memcpy(out + n + n_body, no, n_no);
	return n + n_body + n_no;
}
