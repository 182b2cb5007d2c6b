#include "base/count.h"
#include "core/kind/kind.h"
#include "core/kind/words.h"

#include <criterion/criterion.h>

Test(words, are_those_of_a_code_of_the_field_and_of_nothing_else)
{
	static const struct {
		const char *field;
		const char *code;
		const char *words; /* NULL: it is no code of it */
	} rows[] = {
	    {"threat_category", "IED_COMPONENT", "IED component"},
	    {"threat_category", "LAG", "LAG"},
	    {"mode", "CCTV_REVIEW", "CCTV review"},
	    {"mode", "COVERT", "covert"},
	    {"severity", "OBSERVATION_ONLY", "observation only"},
	    {"check_type", "DAILY_OTP", "daily OTP"},
	    {"severity", "GUN", NULL},
	    {"site_id", "GUN", NULL},
	    {"threat_category", "gun", NULL},
	    {"threat_category", "", NULL},
	    {"", "GUN", NULL},
	};
	char out[40];

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_expect_eq(code_words(rows[i].field, rows[i].code, out, sizeof out),
			     rows[i].words != NULL);
		cr_expect_str_eq(out, rows[i].words == NULL ? rows[i].code : rows[i].words);
	}
}

Test(words, end_where_their_room_does)
{
	char out[6];

	cr_expect(code_words("severity", "OBSERVATION_ONLY", out, sizeof out));
	cr_expect_str_eq(out, "obser");
}
