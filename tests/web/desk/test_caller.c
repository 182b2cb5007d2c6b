#include "web/desk/caller.h"

#include <criterion/criterion.h>

static struct desk desk = {.anyone = "device:ph-1"};
static unsigned n_known;

static void
note(struct work *w)
{
	n_known++;
	cr_expect_str_eq(w->principal, "device:ph-1");
}

Test(caller, is_the_one_that_all_are)
{
	struct work w = {.desk = &desk, .known = note};

	caller_know(&w);
	cr_expect_eq(n_known, 1);
}
