#include "base/count.h"
#include "web/person/proof.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static bool
get(const char *body, struct proof *p)
{
	return proof_read(text_of(body), p);
}

Test(proof, takes_its_parts_in_either_alphabet)
{
	static struct proof p;

	cr_assert(get("{\"clientDataJSON\":\"e30=\",\"authenticatorData\":\"-_8\",\"id\":\"+/8=\","
		      "\"name\":\"phone\",\"link\":\"ab\"}",
		      &p));
	cr_expect(p.shown.client.n == 2 && memcmp(p.shown.client.s, "{}", 2) == 0);
	cr_expect(p.shown.authdata.n == 2 && p.id.n == 2);
	cr_expect_arr_eq(p.shown.authdata.s, p.id.s, 2);
	cr_expect_str_eq(p.name, "phone");
	cr_expect_str_eq(p.link, "ab");
	cr_expect(p.shown.signature.n == 0 && p.user.n == 0, "what is missing is nothing");
}

Test(proof, refuses_what_is_none_or_over_a_bound)
{
	static const char *const rows[] = {"",
					   "[]",
					   "1",
					   "{",
					   "{\"id\":\"a\"}",
					   "{\"id\":\"%\"}",
					   "{\"id\":\"AA\",\"id\":\"AA\"}"};
	static char body[PROOF_PART_MAX + 64];
	static struct proof p;

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_not(get(rows[i], &p), "%s", rows[i]);
	snprintf(body, sizeof body, "{\"id\":\"%0*d\"}", PROOF_PART_MAX, 0);
	cr_expect(get(body, &p));
	cr_expect_eq(p.id.n, PROOF_PART_MAX / 4 * 3);
	snprintf(body, sizeof body, "{\"id\":\"%0*d\"}", PROOF_PART_MAX + 4, 0);
	cr_expect_not(get(body, &p));
	snprintf(body, sizeof body, "{\"name\":\"%0256d\"}", 0);
	cr_expect_not(get(body, &p));
	snprintf(body, sizeof body, "{\"link\":\"%065d\"}", 0);
	cr_expect_not(get(body, &p));
}
