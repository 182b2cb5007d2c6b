/* One cluster for the run; each test takes a database of its own in it. */
#include "store/store.h"
#include "tests/lib/cluster.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>

/*
 * Most tests store corrections by SQL, which says of nobody who sent them: those are taken for
 * compliance's, at an entity where one person may correct. cluster_mistrust() ends it.
 */
static enum code
prepare(const char *conninfo, struct err *e)
{
	enum code rc = schema_prepare(conninfo, e);
	PGconn *pg;

	if (rc != OK)
		return rc;
	pg = PQconnectdb(conninfo);
	cluster_do(
	    pg,
	    "SET ROLE sems_owner; CREATE FUNCTION sems.trust() RETURNS trigger LANGUAGE plpgsql "
	    "AS $$BEGIN NEW.is_of_office := true; NEW.two_people := false; RETURN NEW; END$$; "
	    "CREATE TRIGGER trust BEFORE INSERT ON sems.correction FOR EACH ROW EXECUTE FUNCTION "
	    "sems.trust()");
	PQfinish(pg);
	return OK;
}

ReportHook(PRE_ALL)(struct criterion_test_set *set)
{
	(void)set;
	cluster_share(prepare);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	(void)stats;
	cluster_unshare();
}
