/* One cluster for the run; each test takes a database of its own in it. */
#include "store/store.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>

ReportHook(PRE_ALL)(struct criterion_test_set *set)
{
	(void)set;
	cluster_share(store_prepare);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	(void)stats;
	cluster_unshare();
}
