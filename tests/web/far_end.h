/* semsd as upstream sees it: a socket that is read and written frame by frame, as a test says. */
#ifndef TESTS_WEB_FAR_END_H
#define TESTS_WEB_FAR_END_H

#include "tests/lib/temp.h"

#include <sems/v1/protocol.pb-c.h>
#include <stdbool.h>
#include <stddef.h>

struct event_base;

struct far_end {
	struct event_base *base;
	int listens;
	char dir[TEMP_SIZE];
	char path[TEMP_SIZE + 16];
};

struct far_line {
	struct far_end *of;
	int fd;
	size_t n;
	unsigned char bytes[65536];
};

void far_open(struct far_end *f, struct event_base *base);
void far_close(struct far_end *f);
/* The next that connects. */
struct far_line *far_accept(struct far_end *f);
/* Nobody connects, however long the loop runs. */
bool far_is_quiet(struct far_end *f);
void far_end_line(struct far_line *l);
/* The next frame, the caller's: sems__v1__client_frame__free_unpacked(). NULL: the line has ended.
 */
Sems__V1__ClientFrame *far_hear(struct far_line *l);
/* The Hello, asserted; its on_behalf_of is in whom. */
void far_greeted(struct far_line *l, char whom[128]);
void far_welcome(struct far_line *l, const char *principal, const char *role);
void far_say(struct far_line *l, const Sems__V1__ServerFrame *f);
void far_say_bytes(struct far_line *l, const void *p, size_t n);
/* A Result of so many STORED. */
void far_stored(struct far_line *l, uint64_t batch_no, uint32_t count);
void far_refuse(struct far_line *l, int code, uint32_t retry_after_ms, const char *text);
/* A piece of the answer to request_no, OK. */
void far_document(struct far_line *l, uint64_t request_no, const char *piece, bool more);
void far_fail(struct far_line *l, uint64_t request_no, int code, const char *field,
	      const char *text);

#endif
