/*
 * What the fuzz targets share. A target is one function over some bytes; libFuzzer's main calls it
 * (MODE=fuzz), or replay.c's, which feeds it files (any other mode). It ends the process when what
 * must hold does not.
 */
#ifndef SEMS_TESTS_FUZZ_FUZZ_H
#define SEMS_TESTS_FUZZ_FUZZ_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what)                                                                         \
	do {                                                                               \
		if (!(what)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                           \
		}                                                                          \
	} while (0)

/* The input, taken from its front. Nothing left: zeros. */
struct input {
	const uint8_t *p;
	size_t n;
};

static inline unsigned
input_byte(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

static inline unsigned
input_two(struct input *in)
{
	unsigned low = input_byte(in);

	return low | input_byte(in) << 8;
}

/* At most n bytes. */
static inline struct text
input_take(struct input *in, size_t n)
{
	struct text t = {(const char *)in->p, n < in->n ? n : in->n};

	in->p += t.n;
	in->n -= t.n;
	return t;
}

#endif
