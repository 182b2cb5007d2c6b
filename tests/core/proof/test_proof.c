#include "base/count.h"
#include "base/text.h"
#include "core/proof/proof.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static struct proof_day days[] = {
    {.kind = "observation", .day = "2026-04-02", .leaves = 2, .root = {1}},
    {.kind = "tip_event", .day = "2026-04-01", .leaves = 1204, .root = {2}},
};

static int64_t in_flight[] = {17592186045001, 17592186045200};

static struct proof
sample(void)
{
	return (struct proof){.number = 3,
			      .quarter = "2026-Q2",
			      .revision = 1,
			      .previous_quarter = "2026-Q1",
			      .previous_revision = 2,
			      .previous = {9},
			      .read_until = 17592186045217,
			      .in_flight = in_flight,
			      .n_in_flight = 2,
			      .days = days,
			      .n_days = 2};
}

/* As PROOF.md says it, spelt out. */
Test(proof, roots_the_lines_that_are_documented)
{
	static const char zeros[] =
	    "00000000000000000000000000000000000000000000000000000000000000";
	struct proof p = sample();
	unsigned char leaf[SHA256_SIZE];
	unsigned char want[SHA256_SIZE];
	struct merkle m;
	struct err e;
	char line[256];

	merkle_init(&m);
	snprintf(line, sizeof line, "sems-proof/1 3 2026-Q2 1 09%s", zeros);
	cr_assert(merkle_leaf(line, strlen(line), leaf));
	merkle_add(&m, leaf);
	snprintf(line, sizeof line, "observation 2026-04-02 2 01%s", zeros);
	cr_assert(merkle_leaf(line, strlen(line), leaf));
	merkle_add(&m, leaf);
	snprintf(line, sizeof line, "tip_event 2026-04-01 1204 02%s", zeros);
	cr_assert(merkle_leaf(line, strlen(line), leaf));
	merkle_add(&m, leaf);
	cr_assert(merkle_root(&m, want));
	cr_assert_eq(proof_finish(&p, &e), OK, "%s", e.text);
	cr_expect_eq(memcmp(p.root, want, sizeof want), 0);
	cr_expect_eq(p.leaves, 1206);
}

Test(proof, depends_on_everything_in_it)
{
	struct proof base = sample();
	struct err e;

	cr_assert_eq(proof_finish(&base, &e), OK);
	for (int change = 0; change < 8; change++) {
		struct proof_day copy[2] = {days[0], days[1]};
		struct proof p = sample();

		p.days = copy;
		p.number += change == 0;
		p.revision += change == 1;
		p.quarter = change == 2 ? "2026-Q3" : p.quarter;
		p.previous[31] = change == 3;
		p.previous_quarter = change == 4 ? NULL : p.previous_quarter;
		copy[1].leaves -= change == 5;
		copy[1].root[31] = change == 6;
		copy[0].day = change == 7 ? "2026-04-03" : copy[0].day;
		cr_assert_eq(proof_finish(&p, &e), OK);
		cr_expect_neq(memcmp(p.root, base.root, sizeof p.root), 0, "change %d", change);
	}
}

Test(proof, reads_what_it_writes)
{
	struct arena *a = arena_new(1 << 20);
	struct proof p = sample();
	struct proof back;
	struct err e;
	json_t *document;

	cr_assert_eq(proof_finish(&p, &e), OK);
	document = json_pack("{s:{s:s}, s:i, s:o}", "quarter", "label", "2026-Q2", "revision", 1,
			     "proof", proof_json(&p));
	cr_assert_eq(proof_read(document, a, &back, &e), OK, "%s: %s", e.where, e.text);
	cr_expect_eq(memcmp(back.root, p.root, sizeof p.root), 0);
	cr_expect_eq(back.leaves, 1206);
	cr_expect_eq(back.read_until, p.read_until);
	cr_assert_eq(back.n_in_flight, 2);
	cr_expect_eq(back.in_flight[1], 17592186045200);
	cr_assert_eq(proof_finish(&back, &e), OK);
	cr_expect_eq(memcmp(back.root, p.root, sizeof p.root), 0);
	json_decref(document);
	arena_free(a);
}

#define WHOLE(in_flight)                                                                    \
	"{\"quarter\":{\"label\":\"2026-Q2\"},\"proof\":{\"encoding\":1,\"previous\":null," \
	"\"root\":"                                                                         \
	"\"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\",\"days\":[]," \
	"\"read\":{\"until\":7,\"in_flight\":" in_flight "}}}"

Test(proof, refuses_what_is_no_proof)
{
	static const struct {
		const char *document;
		enum code code;
	} cases[] = {
	    {"{}", REJ_NOT_FOUND},
	    {"{\"proof\":null}", REJ_NOT_FOUND},
	    {"{\"proof\":{\"encoding\":2}}", REJ_STATE},
	    {"{\"proof\":{\"encoding\":1}}", REJ_MALFORMED},
	    {"{\"quarter\":{\"label\":\"2026-Q2\"},\"proof\":{\"encoding\":1,\"root\":\"00\","
	     "\"days\":[]}}",
	     REJ_MALFORMED},
	    {"{\"quarter\":{\"label\":\"2026-Q2\"},\"proof\":{\"encoding\":1,\"previous\":null,"
	     "\"root\":"
	     "\"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\",\"days\":[{}]}}",
	     REJ_MALFORMED},
	    {WHOLE("[]"), OK},
	    {WHOLE("[null]"), REJ_MALFORMED},
	    {WHOLE("null"), REJ_MALFORMED},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		json_t *document = json_loads(cases[i].document, 0, NULL);
		struct proof p;
		struct err e = {0};

		cr_assert_not_null(document, "%zu", i);
		cr_expect_eq(proof_read(document, a, &p, &e), cases[i].code, "%zu", i);
		json_decref(document);
		arena_free(a);
	}
}

Test(proof, has_a_sentence_for_every_word_and_one_more_where_a_clock_disagrees)
{
	static const char *const words[] = {"altered", "missing", "added", "late", "purged"};

	for (size_t i = 0; i < COUNT(words); i++) {
		cr_expect_not_null(proof_sentence(words[i], false), "%s", words[i]);
		cr_expect_eq(
		    strcmp(proof_sentence(words[i], false), proof_sentence(words[i], true)) != 0,
		    strcmp(words[i], "late") == 0, "%s", words[i]);
	}
	cr_expect_null(proof_sentence("gone", false));
}
