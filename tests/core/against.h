/* A metric of a sample by site and kind of threat, with counts, for what figures are seen against.
 */
#ifndef TESTS_CORE_AGAINST_H
#define TESTS_CORE_AGAINST_H

#include "core/spd/spd.h"

#include <criterion/criterion.h>

struct against {
	struct arena *arena;
	struct catalogue *catalogue;
	struct fold *fold;
};

void against_open(struct against *a);
void against_close(struct against *a);

/* A suite whose tests each have one, `a`. */
#define AGAINST_SUITE(name)           \
	static struct against a;      \
	static void suite_begin(void) \
	{                             \
		against_open(&a);     \
	}                             \
	static void suite_end(void)   \
	{                             \
		against_close(&a);    \
	}                             \
	TestSuite(name, .init = suite_begin, .fini = suite_end)
/* x of n at a site, of a kind of threat (of the protocol's, such as GUN). */
void against_count(struct against *a, const char *site, const char *threat, int x, int n);
/* The figures so far; the fold begins anew. */
struct spd_metric against_metric(struct against *a);

#endif
