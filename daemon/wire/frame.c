#include "wire/frame.h"

#include <stdint.h>

/* Reads the length. FRAME_READY: *length and *used are set. */
static enum frame_status
read_length(const unsigned char *p, size_t n, uint64_t *length, size_t *used)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < FRAME_LENGTH_BYTES; i++) {
		if (i == n)
			return FRAME_MORE;
		sum |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (p[i] < 0x80) {
			*length = sum;
			*used = i + 1;
			return FRAME_READY;
		}
	}
	return FRAME_BROKEN;
}

enum frame_status
frame_next(const void *p, size_t n, size_t max_body, struct text *body, size_t *used, struct err *e)
{
	uint64_t length = 0;
	size_t head = 0;
	enum frame_status s;

	*used = 0;
	*body = (struct text){NULL, 0};
	s = read_length(p, n, &length, &head);
	if (s == FRAME_BROKEN)
		err_set(
		    e, REJ_FRAME, "frame",
		    "the length is not a varint of at most %d bytes; send each message with its "
		    "length before it",
		    FRAME_LENGTH_BYTES);
	if (s != FRAME_READY)
		return s;
	if (length > max_body) {
		err_set(e, REJ_LIMIT, "frame",
			"a frame of %llu bytes is over the limit of %zu; send smaller batches",
			(unsigned long long)length, max_body);
		return FRAME_BROKEN;
	}
	if (length > n - head)
		return FRAME_MORE;
	*body = (struct text){(const char *)p + head, (size_t)length};
	*used = head + (size_t)length;
	return FRAME_READY;
}

size_t
frame_size(const void *p, size_t n)
{
	uint64_t length = 0;
	size_t head = 0;

	if (read_length(p, n, &length, &head) != FRAME_READY)
		return 0;
	return head + (size_t)length;
}

bool
frame_put(struct buf *b, const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	unsigned char head[10];
	size_t h = 0;
	unsigned char *at;

	for (uint64_t v = n; h == 0 || v != 0; v >>= 7)
		head[h++] = (unsigned char)((v & 0x7f) | (v >> 7 != 0 ? 0x80 : 0));
	at = buf_extend(b, h + n);
	if (at == NULL)
		return false;
	memcpy(at, head, h);
	protobuf_c_message_pack(m, at + h);
	return true;
}
