/* What a frame asks arrives as it was asked: values, lists of lists, what is absent. */
#include "door/request.h"

#include <criterion/criterion.h>

#include <stdlib.h>

static struct arena *arena;

static void
open_arena(void)
{
	arena = arena_new((size_t)64 * 1024);
}

static void
close_arena(void)
{
	arena_free(arena);
}

TestSuite(request, .init = open_arena, .fini = close_arena);

Test(request, brings_texts_numbers_and_flags_and_leaves_absent_ones_zero)
{
	static char quarter[] = "2026-Q2";
	Sems__V1__SpdRequest spd = SEMS__V1__SPD_REQUEST__INIT;
	Sems__V1__Request m = SEMS__V1__REQUEST__INIT;
	struct request q;

	m.body_case = SEMS__V1__REQUEST__BODY_SPD;
	m.spd = &spd;
	spd.has_operation = spd.has_from_records = 1;
	spd.operation = SEMS__V1__SPD_OPERATION__SPD_OPERATION_FREEZE;
	spd.from_records = 1;
	spd.quarter = quarter;
	spd.revision = 7; /* without its flag: not sent */
	cr_assert(request_read(&m, arena, &q));
	cr_assert_eq(q.kind, REQUEST_SPD);
	cr_expect_eq(q.spd->operation, SPD_OP_FREEZE);
	cr_expect_str_eq(q.spd->quarter, "2026-Q2");
	cr_expect_eq(q.spd->revision, 0);
	cr_expect(q.spd->from_records);
	cr_expect_null(q.spd->text);
	cr_expect_eq(q.spd->n_by, 0);
}

Test(request, tells_what_is_absent_from_nought)
{
	Sems__V1__GapRequest gap = SEMS__V1__GAP_REQUEST__INIT;
	Sems__V1__Request m = SEMS__V1__REQUEST__INIT;
	struct request q;

	m.body_case = SEMS__V1__REQUEST__BODY_GAP;
	m.gap = &gap;
	gap.has_lacks_from = gap.has_gap_id = 1;
	gap.gap_id = UINT64_MAX;
	cr_assert(request_read(&m, arena, &q));
	cr_expect(q.gap->has_lacks_from);
	cr_expect_eq(q.gap->lacks_from, 0);
	cr_expect_not(q.gap->has_lacks_to);
	cr_expect_eq(q.gap->gap_id, UINT64_MAX);
}

Test(request, brings_bytes_with_their_length_even_none)
{
	uint8_t id[16] = {1, 0, 3};
	Sems__V1__TraceRequest trace = SEMS__V1__TRACE_REQUEST__INIT;
	Sems__V1__SignRequest sign = SEMS__V1__SIGN_REQUEST__INIT;
	Sems__V1__Request m = SEMS__V1__REQUEST__INIT;
	struct request q;

	m.body_case = SEMS__V1__REQUEST__BODY_TRACE;
	m.trace = &trace;
	trace.has_record_id = 1;
	trace.record_id = (ProtobufCBinaryData){sizeof id, id};
	cr_assert(request_read(&m, arena, &q));
	cr_assert_eq(q.trace->record_id.n, sizeof id);
	cr_expect_arr_eq(q.trace->record_id.s, id, sizeof id);
	m.body_case = SEMS__V1__REQUEST__BODY_SIGN;
	m.sign = &sign;
	cr_assert(request_read(&m, arena, &q));
	cr_expect_null(q.sign->manifest.s, "there is none");
	sign.has_manifest = 1;
	cr_assert(request_read(&m, arena, &q));
	cr_expect_not_null(q.sign->manifest.s, "there is an empty one");
}

Test(request, brings_lists_of_structs_with_lists_of_their_own)
{
	static char one[] = "T1";
	static char two[] = "T2";
	static char gate[] = "G-7";
	Sems__V1__Location location = SEMS__V1__LOCATION__INIT;
	Sems__V1__Location *locations[] = {&location};
	Sems__V1__Site a = SEMS__V1__SITE__INIT;
	Sems__V1__Site b = SEMS__V1__SITE__INIT;
	Sems__V1__Site *sites[] = {&a, &b};
	char *kinds[] = {one, two};
	Sems__V1__SenderGrant grant = SEMS__V1__SENDER_GRANT__INIT;
	Sems__V1__SenderGrant *grants[] = {&grant};
	Sems__V1__Source source = SEMS__V1__SOURCE__INIT;
	Sems__V1__Source *sources[] = {&source};
	Sems__V1__SpdPolicy policy = SEMS__V1__SPD_POLICY__INIT;
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	Sems__V1__Request m = SEMS__V1__REQUEST__INIT;
	struct request q;

	m.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	m.setup = &setup;
	a.site_id = one;
	b.site_id = two;
	location.location_id = gate;
	b.locations = locations;
	b.n_locations = 1;
	grant.kinds = kinds;
	grant.n_kinds = 2;
	source.senders = grants;
	source.n_senders = 1;
	setup.sites = sites;
	setup.n_sites = 2;
	setup.sources = sources;
	setup.n_sources = 1;
	setup.spd_policy = &policy;
	policy.declared_by = two;
	cr_assert(request_read(&m, arena, &q));
	cr_assert_eq(q.setup->n_sites, 2);
	cr_expect_str_eq(q.setup->sites[0].site_id, "T1");
	cr_expect_eq(q.setup->sites[0].n_locations, 0);
	cr_expect_str_eq(q.setup->sites[1].locations[0].location_id, "G-7");
	cr_assert_eq(q.setup->sources[0].senders[0].n_kinds, 2);
	cr_expect_str_eq(q.setup->sources[0].senders[0].kinds[1], "T2");
	cr_expect_str_eq(q.setup->spd_policy->declared_by, "T2");
	cr_expect_null(q.setup->targets);
}

Test(request, of_no_body_is_none)
{
	Sems__V1__Request m = SEMS__V1__REQUEST__INIT;
	struct request q;

	cr_assert(request_read(&m, arena, &q));
	cr_expect_eq(q.kind, REQUEST_NONE);
}

Test(request, says_when_its_memory_ran_out)
{
	enum { N = 2000 };
	static Sems__V1__Site site = SEMS__V1__SITE__INIT;
	static Sems__V1__Site *sites[N];
	Sems__V1__SetupRequest setup = SEMS__V1__SETUP_REQUEST__INIT;
	Sems__V1__Request m = SEMS__V1__REQUEST__INIT;
	struct request q;

	for (int i = 0; i < N; i++)
		sites[i] = &site;
	m.body_case = SEMS__V1__REQUEST__BODY_SETUP;
	m.setup = &setup;
	setup.sites = sites;
	setup.n_sites = N / 4;
	cr_expect(request_read(&m, arena, &q));
	setup.n_sites = N;
	cr_expect_not(request_read(&m, arena, &q));
}
