#include "ingest/engine.h"
#include "tests/ingest/fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

/* Of 1,920 sessions. */
enum {
	MOST = 1920,
	ADDRESS = 1600,
	STRANGER = 16,
	STRANGERS = 120,
	PRINCIPAL = 1680,
	OTHERS = 1890,
	SILENT = 80
};

static struct ingest *
small(void)
{
	struct ingest_config c = ingest_defaults();

	c.max_sessions = MOST;
	return fixture_ingest(&c);
}

static struct session_ref
come(struct ingest *in, const char *principal, const char *address, bool owner)
{
	struct caller from = {text_of(principal), text_of(address), owner, NULL};
	struct session_ref s = ingest_open(in, &from, (struct mono_ms){M0});

	cr_assert_neq(s.id, 0);
	return s;
}

/* Comes and says Hello, unless it is refused: then it goes again. */
static bool
stay(struct ingest *in, const char *principal, const char *address, bool owner)
{
	struct session_ref s = come(in, principal, address, owner);

	if (ingest_closing(in, s) != NULL) {
		ingest_close(in, s);
		return false;
	}
	fixture_feed(in, s, fixture_hello());
	buf_clear(ingest_output(in, s));
	return true;
}

/* How many may stay. */
static int
fill(struct ingest *in, const char *principal, const char *address)
{
	int n = 0;

	while (stay(in, principal, address, false))
		n++;
	return n;
}

/* P-205 */
Test(caps, leave_room_beside_one_account)
{
	struct ingest *in = small();

	cr_expect_eq(fill(in, "unix:lane", ""), PRINCIPAL);
	cr_expect_eq(ingest_counters(in)->sessions_refused, 1);
	cr_expect_eq(fill(in, "unix:anna", ""), OTHERS - PRINCIPAL);
	cr_expect(stay(in, "unix:root", "", true), "the last are for administrators");
	ingest_free(in);
}

/* P-205 */
Test(caps, leave_few_to_accounts_without_a_role)
{
	struct ingest *in = small();
	char name[32];
	int all = 0;
	int last = STRANGER;

	for (int i = 0; last != 0; i++) {
		snprintf(name, sizeof name, "unix:stranger%d", i);
		last = fill(in, name, "");
		cr_expect_leq(last, STRANGER);
		all += last;
	}
	cr_expect_eq(all, STRANGERS);
	cr_expect_eq(ingest_sessions(in).without_role, STRANGERS);
	cr_expect(stay(in, "unix:lane", "", false));
	cr_expect_eq(ingest_sessions(in).open, STRANGERS + 1);
	ingest_free(in);
}

Test(caps, leave_room_beside_one_address)
{
	struct ingest *in = small();

	cr_expect_eq(fill(in, "unix:lane", "127.0.0.1"), ADDRESS);
	cr_expect(stay(in, "unix:lane", "127.0.0.2", false), "the same account from elsewhere");
	cr_expect_not(stay(in, "unix:anna", "127.0.0.1", false), "whoever it is");
	cr_expect(stay(in, "unix:anna", "", false));
	ingest_free(in);
}

/* P-312, P-313 */
Test(caps, say_why_and_when_to_come_again)
{
	struct ingest *in = small();
	Sems__V1__ServerFrame *f;
	struct session_ref s;

	fill(in, "unix:stranger", "");
	s = come(in, "unix:stranger", "", false);
	f = fixture_answer(in, s);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY);
	cr_expect_eq(f->refuse->retry_after_ms, 5000);
	cr_expect_str_eq(f->refuse->text, "its account, which has no role, has the 16 connections "
					  "that are for them; connect again later");
	sems__v1__server_frame__free_unpacked(f, NULL);
	ingest_free(in);
}

/* P-205 */
Test(caps, let_the_longest_silent_make_way_for_others_of_its_address)
{
	struct ingest *in = small();
	struct session_ref silent[SILENT];
	struct session_ref elsewhere = come(in, "unix:lane", "127.0.0.2", false);
	struct session_ref local = come(in, "unix:lane", "", false);

	for (int i = 0; i < SILENT; i++)
		silent[i] = come(in, "unix:lane", "127.0.0.1", false);
	cr_expect_null(ingest_closing(in, silent[0]));
	cr_expect(stay(in, "unix:lane", "127.0.0.1", false));
	cr_expect_not_null(ingest_closing(in, silent[0]));
	cr_expect_null(ingest_closing(in, silent[1]));
	cr_expect(stay(in, "unix:lane", "127.0.0.1", false));
	cr_expect_null(ingest_closing(in, silent[1]), "who said Hello is silent no more");
	come(in, "unix:lane", "127.0.0.1", false);
	cr_expect_null(ingest_closing(in, silent[1]));
	come(in, "unix:lane", "127.0.0.1", false);
	cr_expect_not_null(ingest_closing(in, silent[1]));
	cr_expect_null(ingest_closing(in, elsewhere));
	cr_expect_null(ingest_closing(in, local));
	cr_expect_eq(ingest_counters(in)->sessions_displaced, 2);
	ingest_free(in);
}

Test(caps, count_back_whoever_goes)
{
	struct ingest *in = small();
	struct session_ref s = come(in, "unix:stranger", "127.0.0.1", false);

	cr_expect_eq(ingest_sessions(in).without_role, 1);
	ingest_set_registry(in, fixture_registry());
	ingest_close(in, s);
	cr_expect_eq(ingest_sessions(in).open, 0);
	cr_expect_eq(ingest_sessions(in).without_role, 0);
	for (int i = 0; i < 3 * MOST; i++) {
		s = come(in, "unix:stranger", "127.0.0.1", false);
		cr_assert_null(ingest_closing(in, s));
		ingest_close(in, s);
	}
	cr_expect_null(party_find(in->parties, text_of("127.0.0.1")));
	ingest_free(in);
}
