#include "base/count.h"
#include "web/person/persons.h"
#include "web/read/home.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct work work = {.way = BY_PASSKEY, .principal = "web:rita"};
static struct showing s;
static struct buf page;

static const char *
print_home(enum role role, enum home_ask ask, const char *json)
{
	memset(&s, 0, sizeof s);
	s.work = &work;
	s.role = role;
	snprintf(s.principal, sizeof s.principal, "web:rita");
	s.said[ask].json = json_loads(json, 0, NULL);
	cr_assert_not_null(s.said[ask].json, "%s", json);
	buf_init(&page, 1u << 20);
	home_print(&s, &page);
	cr_assert(buf_add(&page, "", 1));
	json_decref(s.said[ask].json);
	return (const char *)page.p;
}

/* Who may do it, and has not done what it is to be looked at for. */
Test(home, says_what_waits_for_whom)
{
#define STATUS(state, more) \
	"{\"quarter\":\"2026-Q3\",\"state\":\"" state "\",\"revision\":{" more "}}"
	static const struct {
		enum role role;
		const char *status;
		const char *path; /* NULL: it does not wait for him */
	} rows[] = {
	    {ROLE_ADMIN, STATUS("COLLECTING", ""), "freeze"},
	    {ROLE_COMPLIANCE, STATUS("COLLECTING", ""), "freeze"},
	    {ROLE_MANAGER, STATUS("COLLECTING", ""), NULL},
	    {ROLE_ADMIN, STATUS("OPEN", ""), NULL},
	    {ROLE_AUDITOR, STATUS("DRAFT", "\"created_by\":\"web:anna\""), "review"},
	    {ROLE_AUDITOR, STATUS("DRAFT", "\"created_by\":\"web:rita\""), NULL},
	    {ROLE_AUDITOR,
	     STATUS("DRAFT", "\"created_by\":\"web:rita\",\"approval\":\"APPROVER_DIFFERS\""),
	     "review"},
	    {ROLE_ADMIN, STATUS("DRAFT", "\"created_by\":\"web:anna\""), NULL},
	    {ROLE_MANAGER, STATUS("IN_QA", "\"created_by\":\"web:anna\""), "approve"},
	    {ROLE_MANAGER, STATUS("IN_QA", "\"created_by\":\"web:rita\""), NULL},
	    {ROLE_MANAGER, STATUS("IN_QA", "\"reviewed_by\":\"web:rita\""), NULL},
	    {ROLE_MANAGER,
	     STATUS("IN_QA", "\"reviewed_by\":\"web:rita\",\"approval\":\"APPROVER_DIFFERS\""),
	     "approve"},
	    {ROLE_AUDITOR, STATUS("IN_QA", ""), NULL},
	    {ROLE_COMPLIANCE, STATUS("APPROVED", ""), "submit"},
	    {ROLE_COMPLIANCE, STATUS("SUBMITTED", ""), "acknowledge"},
	    {ROLE_COMPLIANCE, STATUS("ACKNOWLEDGED", ""), NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *said = print_home(rows[i].role, HOME_DUE, rows[i].status);
		char link[64];

		snprintf(link, sizeof link, "<a href=\"/quarter/2026-Q3/%s\">",
			 rows[i].path == NULL ? "" : rows[i].path);
		if (rows[i].path == NULL)
			cr_expect_not_null(strstr(said, "Nothing waits for you."), "row %zu", i);
		else
			cr_expect_not_null(strstr(said, link), "row %zu: %s", i, said);
		buf_fini(&page);
	}
}

/* Nobody confirms his own. */
Test(home, counts_corrections_of_others_alone)
{
	const char *said = print_home(ROLE_MANAGER, HOME_PENDING,
				      "{\"pending\":[{\"made_by\":\"web:rita\"},{\"made_by\":"
				      "\"web:anna\"}]}");

	cr_expect_not_null(strstr(said, ">1 correction or void to be"), "%s", said);
	buf_fini(&page);
	said = print_home(ROLE_MANAGER, HOME_PENDING, "{\"pending\":[{\"made_by\":\"web:rita\"}]}");
	cr_expect_not_null(strstr(said, "Nothing waits for you."));
	buf_fini(&page);
}

Test(home, names_what_failed_in_the_newest_document)
{
	static const char doc[] =
	    "{\"marking\":\"OFFICIAL-SENSITIVE\",\"revision\":2,\"quarter\":{\"label\":\"2026-Q3\"}"
	    ","
	    "\"metrics\":["
	    "{\"id\":\"QN01\",\"name\":\"A <b>\",\"figures\":[{\"by\":{},\"status\":\"NOT_MET\"}]},"
	    "{\"id\":\"QN02\",\"name\":\"Good\",\"figures\":[{\"by\":{},\"status\":\"MET\"}]},"
	    "{\"id\":\"QN03\",\"name\":\"Site\",\"figures\":[{\"by\":{\"site\":\"T1\"},\"status\":"
	    "\"NOT_MET\"}]}]}";
	const char *said = print_home(ROLE_MANAGER, HOME_DOCUMENT, doc);

	cr_expect_not_null(strstr(said, "<a href=\"/quarter/2026-Q3/metric/QN01\">QN01 A "
					"&lt;b&gt;</a>"),
			   "%s", said);
	cr_expect_null(strstr(said, "QN02"));
	cr_expect_null(strstr(said, "QN03"), "of the entity alone");
	buf_fini(&page);
}
