#include "tests/office/office.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#define VERDICT(name) SEMS__V1__VERDICT_CODE__VERDICT_CODE_##name

OFFICE_SUITE(requeue, office_open_set_up);

static int
ask_requeue(void)
{
	struct quarantine_request r = {0};

	r.operation = QUARANTINE_OP_REQUEUE;
	return office_ask(&o, &(struct request){.kind = REQUEST_QUARANTINE, .quarantine = &r});
}

static void
load_registry(void)
{
	struct registry *r = NULL;
	struct err e;

	cr_assert_eq(schema_load_registry(o.conninfo, &r, &e), OK, "%s", e.text);
	ingest_set_registry(o.ingest, r);
}

static void
register_site(void)
{
	cluster_do(o.pg, "INSERT INTO sems.site VALUES ('T9', 'Terminal 9')");
	load_registry();
}

/* P-922, P-1002 */
Test(requeue, stores_all_once_their_fault_is_mended)
{
	office_send_refused(&o, 3);
	register_site();
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 3);
	cr_expect_eq(office_int(&o, "STORED"), 3);
	cr_expect_eq(office_int(&o, "still_open"), 0);
	cr_expect_eq(cluster_int(o.pg,
				 "SELECT count(*) FROM sems.activity WHERE site_id = 'T9' AND "
				 "received_from = 'unix:anna'"),
		     3);
	cr_expect_eq(cluster_int(o.pg,
				 "SELECT count(*) FROM sems.quarantine WHERE state = 'REQUEUED' "
				 "AND decided_by = 'unix:owner' AND decided_at IS NOT NULL"),
		     3);
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 0);
}

Test(requeue, finds_what_was_stored_meanwhile_a_duplicate)
{
	static char site[] = "T9";
	Sems__V1__Record *r;

	office_send_refused(&o, 1);
	register_site();
	r = office_activity(office_time("2026-05-10T09:00:00Z"), 0);
	r->site_id = site;
	cr_assert_eq(office_send(&o, r), VERDICT(STORED), "%s", o.text);
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 1);
	cr_expect_eq(office_int(&o, "DUPLICATE"), 1);
}

/* A gateway that ran under the wrong account first: its records are not the wrong account's. */
Test(requeue, judges_the_same_bytes_of_two_senders_by_the_rights_of_each)
{
	static char site[] = "T9";
	Sems__V1__Record *r = office_activity(office_time("2026-05-10T09:00:00Z"), 0);

	r->site_id = site;
	cr_assert_eq(office_send_as(&o, "unix:wrong", r), VERDICT(QUARANTINED), "%s", o.text);
	office_send_refused(&o, 1);
	register_site();
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "STORED"), 1);
	cr_expect_eq(office_int(&o, "still_open"), 1);
	cr_expect_str_eq(cluster_text(o.pg, "SELECT received_from FROM sems.activity"),
			 "unix:anna");
	cr_expect_str_eq(cluster_text(o.pg, "SELECT principal || ' ' || reason "
					    "FROM sems.quarantine WHERE state = 'OPEN'"),
			 "unix:wrong NOT_GRANTED");
}

Test(requeue, counts_as_no_receipt)
{
	office_send_refused(&o, 1);
	cluster_do(o.pg, "UPDATE sems.quarantine SET received_at = now() - interval '80 days'");
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "still_open"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.quarantine "
				       "WHERE last_received_at IS NULL"),
		     1);
}

Test(requeue, leaves_open_what_is_refused_again_with_its_new_reason)
{
	office_send_refused(&o, 1);
	register_site();
	cluster_do(o.pg, "DELETE FROM sems.source_grant");
	load_registry();
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 0);
	cr_expect_eq(office_int(&o, "still_open"), 1);
	cr_expect_str_eq(office_str(&o, "records.0.reason"), "NOT_GRANTED");
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.quarantine"), 1);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.quarantine "
				       "WHERE state = 'OPEN' AND reason = 'NOT_GRANTED'"),
		     1);
}

Test(requeue, takes_more_than_one_page_and_one_group)
{
	office_send_refused(&o, 2);
	/* The same bytes many times: other keys of the row, equal content. */
	cluster_do(o.pg,
		   "INSERT INTO sems.quarantine (source, principal, reason, field, message, "
		   "received_at, raw_sealed, raw_mac) SELECT 'lane', 'unix:anna', 'UNKNOWN_SITE', "
		   "'site_id', '', now(), q.raw_sealed, sha256(convert_to(g || '.' || "
		   "q.quarantine_id, 'UTF8')) "
		   "FROM sems.quarantine q, generate_series(1, 700) g");
	register_site();
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 1402);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.activity"), 2);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.quarantine WHERE state = 'OPEN'"),
		     0);
}

static void
drain(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	ingest_drain(arg);
}

/* They were taken out for another try and found that semsd stops. */
Test(requeue, leaves_open_what_semsd_has_no_time_for)
{
	struct timeval now = {0, 0};

	office_send_refused(&o, 3);
	register_site();
	cr_assert_eq(event_base_once(o.base, -1, EV_TIMEOUT, drain, o.ingest, &now), 0);
	cr_assert_eq(ask_requeue(), CODE(OK), "%s", o.text);
	cr_expect_eq(office_int(&o, "requeued"), 0);
	cr_expect_eq(office_int(&o, "still_open"), 3);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.quarantine WHERE state = 'OPEN'"),
		     3);
	cr_expect_eq(cluster_int(o.pg, "SELECT count(*) FROM sems.activity"), 0);
}
