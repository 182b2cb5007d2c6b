#include "ingest/person.h"
#include "tests/ingest/fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

static unsigned char key_a[32] = {1};
static unsigned char key_b[32] = {2};

static struct record
tip(struct arena *a, const char *person)
{
	const struct kind *k = kinds[KIND_TIP_EVENT];
	struct record r = {k, arena_zalloc(a, kind_n_fields(k), sizeof(struct value))};
	size_t i = kind_field_index(k, text_of("screener_id"));

	r.v[i].set = true;
	r.v[i].text = text_of(person);
	return r;
}

static struct text
pseudonym(struct arena *a, const char *person, const unsigned char *key)
{
	struct record r = tip(a, person);
	struct refusal why = {0};

	cr_assert(person_replace(&r, &(struct person_keeper){.key = key, .year = 2026, .arena = a},
				 &why));
	return r.v[kind_field_index(r.kind, text_of("screener_id"))].text;
}

Test(person, is_the_same_under_the_same_key_only)
{
	struct arena *a = arena_new(1 << 20);

	cr_assert(text_eq(pseudonym(a, "anna", key_a), pseudonym(a, "anna", key_a)));
	cr_assert_not(text_eq(pseudonym(a, "anna", key_a), pseudonym(a, "anna", key_b)));
	cr_assert_not(text_eq(pseudonym(a, "anna", key_a), pseudonym(a, "bert", key_a)));
	cr_assert_eq(pseudonym(a, "anna", key_a).n, PSEUDONYM_SIZE);
	arena_free(a);
}

Test(person, a_given_pseudonym_needs_leave)
{
	const char *given = "~000102030405060708090a0b0c0d0e0f";
	struct arena *a = arena_new(1 << 20);
	struct record r = tip(a, given);
	struct record s = tip(a, given);
	struct refusal why = {0};
	size_t i = kind_field_index(r.kind, text_of("screener_id"));

	cr_assert_not(person_replace(
	    &r, &(struct person_keeper){.key = key_a, .year = 2026, .arena = a}, &why));
	cr_assert_eq(why.reason, REASON_TEXT);
	cr_assert_str_eq(why.err.where, "tip_event.screener_id");
	cr_assert(person_replace(
	    &s,
	    &(struct person_keeper){.key = key_a, .year = 2026, .given_allowed = true, .arena = a},
	    &why));
	cr_assert_eq(s.v[i].text.n, PSEUDONYM_SIZE);
	cr_assert_eq(s.v[i].text.s[15], 15);
	arena_free(a);
}

Test(person, replaces_every_person_of_a_list)
{
	const struct kind *k = kinds[KIND_AUDIT];
	struct arena *a = arena_new(1 << 20);
	struct record r = {k, arena_zalloc(a, kind_n_fields(k), sizeof(struct value))};
	struct value *v = &r.v[kind_field_index(k, text_of("auditors"))];
	struct refusal why = {0};

	v->set = true;
	v->list = (struct list){arena_zalloc(a, 2, sizeof(struct value)), 2, 1};
	for (unsigned i = 0; i < 2; i++)
		v->list.v[i] =
		    (struct value){.set = true, .text = text_of(i == 0 ? "anna" : "bert")};
	cr_assert(person_replace(
	    &r, &(struct person_keeper){.key = key_a, .year = 2026, .arena = a}, &why));
	cr_assert(text_eq(v->list.v[0].text, pseudonym(a, "anna", key_a)));
	cr_assert(text_eq(v->list.v[1].text, pseudonym(a, "bert", key_a)));
	arena_free(a);
}

/* Through one cache: whoever was asked for before, under whatever key and year. */
Test(person, a_cache_changes_no_pseudonym)
{
	struct person_cache *cache = person_cache_new();
	struct arena *a = arena_new(1 << 24);

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 6000; i++) { /* more than it holds */
			struct person_keeper k = {.key = i % 2 == 0 ? key_a : key_b,
						  .year = 2026 + i % 2,
						  .cache = cache,
						  .arena = a};
			char name[80];
			struct record r;
			struct refusal why = {0};
			size_t at;

			/* Some are longer than what is cached, some differ in the last byte only.
			 */
			snprintf(name, sizeof name, "%s-%d",
				 i % 7 == 0 ? "a-person-with-a-very-long-identifier-indeed" : "p",
				 i / 2);
			r = tip(a, name);
			at = kind_field_index(r.kind, text_of("screener_id"));
			cr_assert(person_replace(&r, &k, &why));
			cr_assert(text_eq(r.v[at].text, pseudonym(a, name, k.key)), "%s", name);
			arena_reset(a);
		}
	}
	person_cache_free(cache);
	arena_free(a);
}
